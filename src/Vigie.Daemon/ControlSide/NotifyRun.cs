using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Notification;
using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>A script that runs: its runner, what it was told, and when even the runner has taken too long.</summary>
internal sealed record NotifyRun(
    string Router, Transition Transition, NotifyConfig Notify, ChildProcess Runner, SeqPacketSocket Channel, Instant GiveUpAt) : IDisposable
{
    public void Dispose()
    {
        Runner.Dispose();
        Channel.Dispose();
    }
}
