using System.Text;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Wire;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

// What control asks for: status, another configuration, an operator's wishes.
internal sealed partial class NodePump
{
    private void Obey(Instant now, ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
            return;
        switch ((MessageKind)message[0])
        {
            case MessageKind.StatusRequest:
                _channel.SendStatus(_loop, message[1..], new NodeStatus(
                    _loop.Config.Node, _loop.RouterCount, _realTime, _memoryLocked, _started, now,
                    _loop.UnattributedDrops(Node.Routers.DropReason.Vrid), _channel.Lost,
                    GC.GetAllocatedBytesForCurrentThread() - _allocatedAtStart, GC.CollectionCount(0), Environment.ProcessId));
                break;
            case MessageKind.ConfigurationPiece:
                // The first piece says so: what an earlier, unfinished reload left does not count.
                if (message[1] != 0)
                    _configurationText.Clear();
                _configurationText.AddRange(message[2..]);
                break;
            case MessageKind.ConfigurationCommit:
                Parse([.. _configurationText], planOnly: message[1] != 0);
                _configurationText.Clear();
                break;
            case MessageKind.Aside:
                _channel.SendAside(Grant(now, (AsideWish)message[1], message[2..]));
                break;
            case MessageKind.AsideDone:
            case MessageKind.Event:
            case MessageKind.RouterStatus:
            case MessageKind.StatusEnd:
            case MessageKind.ConfigurationDone:
            default:
                break; // not for this end
        }
    }

    private byte[] _requestedText = [];

    private AsideAnswer Grant(Instant now, AsideWish wish, ReadOnlySpan<byte> name) => wish switch
    {
        AsideWish.Switchover => _loop.Switchover(now, Encoding.UTF8.GetString(name)),
        AsideWish.Failback => _loop.Failback(now, Encoding.UTF8.GetString(name)),
        AsideWish.Drain => _loop.Drain(now, drained: true),
        AsideWish.Undrain => _loop.Drain(now, drained: false),
    };

    /// <summary>Until now the guardian has spoken for the roles of the process before this one.</summary>
    private void Serve()
    {
        _serves = true;
        LayBoard();
        _allocatedAtStart = GC.GetAllocatedBytesForCurrentThread();
    }

    private void LayBoard()
    {
        if (!_loop.LayBoard(_text))
            _channel.Report(new() { Kind = Node.Events.NodeEventKind.NotGuarded, At = Clock.Now(), Router = -1 });
    }

    /// <summary>Text is read on an ordinary thread; this one goes on advertising meanwhile.</summary>
    private void Parse(byte[] text, bool planOnly) => ThreadPool.QueueUserWorkItem(_ =>
    {
        try
        {
            _parsed.Enqueue(new ParsedConfiguration(_readConfiguration(Encoding.UTF8.GetString(text)), text, "", planOnly));
        }
        catch (FormatException e)
        {
            _parsed.Enqueue(new ParsedConfiguration(null, text, e.Message, planOnly));
        }

        _sockets.Wake.Signal();
    });

    private void TakeConfiguration(Instant now)
    {
        while (_parsed.TryDequeue(out var parsed))
        {
            if (parsed.Config is not { } config)
            {
                _channel.SendDone(new ConfigurationDoneMessage(false, parsed.PlanOnly, parsed.Error, new ReconfigureOutcome()));
            }
            else if (parsed.PlanOnly)
            {
                _channel.SendDone(new ConfigurationDoneMessage(true, Planned: true, "", _loop.PlanReconfiguration(config)));
            }
            else
            {
                _requestedText = parsed.Text;
                _loop.BeginReconfigure(now, config, parsed.Text.Length);
            }
        }

        _allocatedAtStart = GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>What became of configurations that were asked for.</summary>
    private void TellVerdicts()
    {
        while (_loop.TakeVerdict() is { } verdict)
        {
            if (verdict.Outcome is not null)
            {
                _text = _requestedText;
                if (_serves)
                    LayBoard();
            }

            _channel.SendDone(new ConfigurationDoneMessage(verdict.Outcome is not null, Planned: false, "", verdict.Outcome ?? new ReconfigureOutcome())
            {
                Refusals = verdict.Refusals,
            });
            _allocatedAtStart = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    /// <summary>What became of one text. In one piece: a plan that took long must never be taken for the reload after it.</summary>
    private sealed record ParsedConfiguration(NodeConfig? Config, byte[] Text, string Error, bool PlanOnly);
}
