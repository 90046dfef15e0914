using System.Collections.Immutable;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Linux;
using Vigie.Node.Guarding;
using Vigie.Node.Ports;

namespace Vigie.Daemon.GuardianSide;

/// <summary>
/// The guardian's own sockets, opened before they are needed: in an incident nothing has to be asked for that could be refused.
/// Until then they hear nothing. What needs the kernel's routing lock, which anybody may hold for long, is done by a thread of its own.
/// </summary>
internal sealed class GuardianHost : IGuardianHost, IAdvertisementPort, IDisposable
{
    /// <summary>Four rounds for a thousand virtual routers. One that finds no room is lost: the kernel has not moved for two seconds then.</summary>
    private const int LongestQueue = 4096;

    private readonly RouteSocket _routes = new();
    private readonly Action _startNode;
    private readonly Action _killNode;
    private readonly Action<GuardianEvent> _report;
    private readonly Action<LinuxException> _complain;
    private readonly Mailbox<Errand> _errands = new(LongestQueue);
    private readonly AddressChange[] _changes = new AddressChange[RouteSocket.MaxChangesPerDatagram];
    private readonly int[] _errors = new int[RouteSocket.MaxChangesPerDatagram];
    private readonly Thread _worker;
    private ImmutableArray<ListeningInterface> _listening = [];
    private ImmutableArray<LinkInfo> _links = [];
    private ImmutableHashSet<(int Interface, IpPrefix Address)> _refused = [];
    private int _lookingAtLinks;

    public GuardianHost(Action startNode, Action killNode, Action<GuardianEvent> report, Action<LinuxException> refused)
    {
        (_startNode, _killNode, _report, _complain) = (startNode, killNode, report, refused);
        IPv4.SetFilter([]);
        IPv6.SetFilter([]);
        _worker = new Thread(Work) { Name = "network", IsBackground = true };
        _worker.Start();
    }

    public VrrpSocket IPv4 { get; } = VrrpSocket.Open(IpFamily.IPv4);

    public VrrpSocket IPv6 { get; } = VrrpSocket.Open(IpFamily.IPv6);

    public void StartNode() => _startNode();

    public void KillNode() => _killNode();

    public void Report(GuardianEvent guardianEvent) => _report(guardianEvent);

    public SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        var error = (source.Family == IpFamily.IPv4 ? IPv4 : IPv6).Send(interfaceIndex, source, destination, message);
        return new SendOutcome(error, Clock.Now());
    }

    public void Apply(int interfaceIndex, ImmutableArray<IpPrefix> addresses, bool present, uint lifetimeSeconds) =>
        _errands.TryPut(new Errand(ErrandKind.Addresses, interfaceIndex, addresses, present, lifetimeSeconds));

    public void Listen(ImmutableArray<ListeningInterface> interfaces) =>
        _errands.TryPut(new Errand(ErrandKind.Listen) { Interfaces = interfaces });

    public LinkSight? Look(int interfaceIndex)
    {
        if (Interlocked.Exchange(ref _lookingAtLinks, 1) == 0)
            _errands.TryPut(new Errand(ErrandKind.Links));
        var links = ImmutableInterlocked.InterlockedCompareExchange(ref _links, default, default);
        foreach (var link in links)
            if (link.Index == interfaceIndex)
                return new LinkSight(link.IsUp && link.HasCarrier, link.CarrierChanges);
        return links.IsEmpty ? null : new LinkSight(Runs: false, Changes: null);
    }

    public bool IsRefused(int interfaceIndex, IpPrefix address) => Volatile.Read(ref _refused).Contains((interfaceIndex, address));

    public void Forget()
    {
        ImmutableInterlocked.InterlockedExchange(ref _links, []);
        Volatile.Write(ref _refused, []);
    }

    /// <summary>What is still to be done is done first.</summary>
    public void Dispose()
    {
        _errands.Close();
        _worker.Join();
        _errands.Dispose();
        _routes.Dispose();
        IPv4.Dispose();
        IPv6.Dispose();
    }

    private void Work()
    {
        while (_errands.TryTake(out var errand))
        {
            try
            {
                Do(errand);
            }
            catch (LinuxException e)
            {
                _complain(e);
            }
        }
    }

    private void Do(in Errand errand)
    {
        switch (errand.Kind)
        {
            case ErrandKind.Addresses:
                ApplyNow(errand);
                break;
            case ErrandKind.Listen:
                ListenNow(errand.Interfaces);
                break;
            case ErrandKind.Links:
                LookAtLinks();
                break;
            default:
                throw new InvalidOperationException($"unknown errand {errand.Kind}");
        }
    }

    // What is refused is either gone already or will be refused to the next node too, which then says why. The guardian only has to
    // know that it does not stand.
    private void ApplyNow(in Errand errand)
    {
        for (var done = 0; done < errand.Addresses.Length; done += _changes.Length)
        {
            var count = Math.Min(errand.Addresses.Length - done, _changes.Length);
            for (var i = 0; i < count; i++)
            {
                _changes[i] = new AddressChange
                {
                    Operation = errand.Present ? AddressOperation.Add : AddressOperation.Remove,
                    InterfaceIndex = errand.InterfaceIndex,
                    Prefix = errand.Addresses[done + i],
                    ValidLifetimeSeconds = errand.LifetimeSeconds,
                    Protocol = AddressTag.Value,
                };
            }

            _routes.ApplyAddresses(_changes.AsSpan(0, count), _errors.AsSpan(0, count));
            if (errand.Present)
                NoteRefusals(errand.InterfaceIndex, count);
        }
    }

    // No other thread writes but to begin anew.
    private void NoteRefusals(int interfaceIndex, int count)
    {
        var refused = Volatile.Read(ref _refused);
        var noted = refused;
        for (var i = 0; i < count; i++)
        {
            var key = (interfaceIndex, _changes[i].Prefix);
            noted = _errors[i] != 0 ? noted.Add(key) : noted.Remove(key);
        }

        if (noted != refused)
            Interlocked.CompareExchange(ref _refused, noted, refused);
    }

    private void LookAtLinks()
    {
        Interlocked.Exchange(ref _lookingAtLinks, 0);
        ImmutableInterlocked.InterlockedExchange(ref _links, [.. _routes.DumpLinks()]);
    }

    private void ListenNow(ImmutableArray<ListeningInterface> interfaces)
    {
        foreach (var on in _listening)
        {
            if (on.IPv4)
                _ = IPv4.Leave(on.Index, VrrpCodec.MulticastIPv4);
            if (on.IPv6)
                _ = IPv6.Leave(on.Index, VrrpCodec.MulticastIPv6);
        }

        foreach (var on in interfaces)
        {
            // Deaf for five seconds at worst: the next node joins too, and says so if it cannot.
            if (on.IPv4)
                _ = IPv4.Join(on.Index, VrrpCodec.MulticastIPv4);
            if (on.IPv6)
                _ = IPv6.Join(on.Index, VrrpCodec.MulticastIPv6);
        }

        _listening = interfaces;
        int[] indexes = [.. interfaces.Select(on => on.Index)];
        IPv4.SetFilter(indexes);
        IPv6.SetFilter(indexes);
    }

    private enum ErrandKind : byte
    {
        Addresses,
        Listen,
        Links,
    }

    private readonly record struct Errand(
        ErrandKind Kind, int InterfaceIndex = 0, ImmutableArray<IpPrefix> Addresses = default, bool Present = false, uint LifetimeSeconds = 0)
    {
        public ImmutableArray<ListeningInterface> Interfaces { get; init; }
    }
}
