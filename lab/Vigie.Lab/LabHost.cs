using System.Collections.Immutable;
using System.Net.NetworkInformation;
using Vigie.Core.Net;
using Vigie.Lab.Probes;
using Vigie.Lab.Processes;

namespace Vigie.Lab;

/// <summary>
/// One host of the lab: a network namespace with its own interfaces, folder and socket path. Programs started here see
/// only this host's network; files and process ids are the machine's.
/// </summary>
public sealed class LabHost : IDisposable
{
    private readonly LabRun _run;
    private readonly NamespaceThread _thread;
    private readonly List<HostInterface> _interfaces = [];
    private readonly int _number;
    private int _started;

    internal LabHost(LabRun run, string name, int number)
    {
        _run = run;
        _number = number;
        Name = name;
        Namespace = $"{run.Name}-{name}";
        Directory = System.IO.Directory.CreateDirectory(Path.Combine(run.Directory, name)).FullName;
        System.IO.Directory.CreateDirectory(StateDirectory);
        Command.Run("ip", ["netns", "add", Namespace]);
        _thread = new NamespaceThread(Namespace);
        _thread.Run(PrepareNamespace);
    }

    public string Name { get; }

    /// <summary>The name of its namespace, as `ip netns exec` takes it.</summary>
    public string Namespace { get; }

    /// <summary>The host's own folder.</summary>
    public string Directory { get; }

    public string StateDirectory => Path.Combine(Directory, "state");

    public string SocketPath => Path.Combine(Directory, "vigie.sock");

    public IReadOnlyList<HostInterface> Interfaces => _interfaces;

    public LabRun Run => _run;

    /// <summary>The first real IPv4 address.</summary>
    public IpAddress IPv4 => RealAddress(IpFamily.IPv4);

    /// <summary>The first real IPv6 address that is not link-local.</summary>
    public IpAddress IPv6 => RealAddress(IpFamily.IPv6);

    internal NamespaceThread Thread => _thread;

    /// <summary>The first real address of the family.</summary>
    public IpAddress RealAddress(IpFamily family)
    {
        foreach (var port in _interfaces)
        foreach (var prefix in port.RealAddresses)
        {
            if (prefix.Family == family)
                return prefix.Address;
        }

        throw new LabException($"{Name} has no {family} address");
    }

    /// <summary>Plugs a new interface into the segment and gives it real addresses ("10.77.0.1/24", "fd77::1/64"). Works at any time.</summary>
    public HostInterface Plug(Segment segment, string interfaceName, params string[] realAddresses)
    {
        var port = new HostInterface
        {
            Name = interfaceName,
            Segment = segment,
            SwitchPort = $"{Name}-{_interfaces.Count}",
            // Locally administered; the host's number and the interface's make captures easy to read.
            Mac = new MacAddress(0x0277_0000_0000 | (ulong)_number << 8 | (uint)_interfaces.Count),
            RealAddresses = [.. realAddresses.Select(IpPrefix.Parse)],
        };
        segment.Plug(port, Namespace);
        _interfaces.Add(port);
        Ip([.. port.RealAddresses.Select(prefix => $"addr add {prefix} dev {interfaceName}{(prefix.Family == IpFamily.IPv6 ? " nodad" : "")}"),
            $"link set {interfaceName} up"]);
        WaitForCarrier(port);
        return port;
    }

    /// <summary>Takes the interface away, as when a card is pulled out.</summary>
    public void Unplug(HostInterface port)
    {
        port.Segment.Unplug(port);
        _interfaces.Remove(port);
    }

    public HostInterface Interface(string name) =>
        _interfaces.Find(port => port.Name == name) ?? throw new LabException($"{Name} has no interface {name}");

    /// <summary>Takes an interface down on the host's own side, as an operator would.</summary>
    public void LinkDown(string interfaceName = "eth0") => Ip($"link set {interfaceName} down");

    /// <summary>Brings it up again, with its real IPv6 addresses, which the kernel forgets when a link goes down. Returns when it carries frames.</summary>
    public void LinkUp(string interfaceName = "eth0")
    {
        var port = Interface(interfaceName);
        Ip([$"link set {interfaceName} up",
            .. port.RealAddresses.Where(prefix => prefix.Family == IpFamily.IPv6).Select(prefix => $"addr replace {prefix} dev {interfaceName} nodad")]);
        WaitForCarrier(port);
    }

    /// <summary>
    /// The power fails: no frame passes any more, every program on the host is gone at once, and so are its VIPs, as
    /// they live in memory only. Its real addresses are those that it will have again.
    /// </summary>
    public void CutPower()
    {
        foreach (var port in _interfaces)
            port.Segment.Faults.Block(port);
        ProcessTree.KillEverythingIn(Namespace);
        var real = _interfaces.SelectMany(port => port.RealAddresses).Select(prefix => prefix.Address).ToArray();
        foreach (var port in _interfaces)
        foreach (var unicast in Cards().Single(card => card.Name == port.Name).GetIPProperties().UnicastAddresses)
        {
            var address = IpAddress.FromBytes(unicast.Address.GetAddressBytes());
            if (!real.Contains(address) && !address.IsLinkLocal)
                _thread.Run(() => Command.TryRun("ip", ["addr", "del", $"{address}/{unicast.PrefixLength}", "dev", port.Name]));
        }
    }

    /// <summary>The power is back: frames pass again. Programs have to be started.</summary>
    public void RestorePower()
    {
        foreach (var port in _interfaces)
            port.Segment.Faults.Unblock(port);
    }

    /// <summary>Deletes an address by hand, as a careless operator or another program would.</summary>
    public void DeleteAddress(IpPrefix address, string interfaceName = "eth0") => Ip($"addr del {address} dev {interfaceName}");

    /// <summary>Runs iproute2 commands, without the leading "ip", one after the other on this host.</summary>
    public void Ip(params string[] commands) => _thread.Run(() => { Command.Run("ip", ["-batch", "-"], string.Join('\n', commands) + "\n"); });

    /// <summary>Runs a short tool on this host and returns what it printed; another exit code than 0 is a <see cref="LabException"/>.</summary>
    public string Execute(string file, params string[] arguments) => _thread.Run(() => Command.Run(file, arguments));

    /// <summary>As <see cref="Execute"/>, for tools whose failure is an answer.</summary>
    public (int ExitCode, string Output, string Errors) TryExecute(string file, params string[] arguments) =>
        _thread.Run(() => Command.TryRun(file, arguments));

    /// <summary>Runs the function with this host's network: sockets that it opens belong to the host.</summary>
    public T Inside<T>(Func<T> function) => _thread.Run(function);

    /// <summary>Runs the action with this host's network.</summary>
    public void Inside(Action action) => _thread.Run(action);

    /// <summary>Sets a sysctl of this host's network: WriteSysctl("net/ipv4/ip_forward", "1").</summary>
    public void WriteSysctl(string key, string value)
    {
        // Anything else under /proc/sys belongs to the whole machine.
        if (!key.StartsWith("net/", StringComparison.Ordinal) || key.Contains("..", StringComparison.Ordinal))
            throw new LabException($"{key} is not a setting of a network namespace");
        _thread.Run(() => File.WriteAllText("/proc/sys/" + key, value));
    }

    /// <summary>Every address on every interface of this host at this moment, VIPs included.</summary>
    public ImmutableArray<IpAddress> Addresses() =>
    [
        .. Cards().SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => IpAddress.FromBytes(unicast.Address.GetAddressBytes())),
    ];

    /// <summary>Whether the host holds the address at this moment.</summary>
    public bool Holds(IpAddress address) => Addresses().Contains(address);

    /// <summary>Whether the address answers an echo request of this host within two seconds; a link-local address needs the interface.</summary>
    public bool Reaches(IpAddress address, string? interfaceName = null) => _thread.Run(() =>
    {
        var target = address.ToIPAddress();
        if (interfaceName is not null)
            target.ScopeId = NetworkInterface.GetAllNetworkInterfaces().Single(card => card.Name == interfaceName).GetIPProperties().GetIPv6Properties().Index;
        using var ping = new Ping();
        return ping.Send(target, 2000).Status == IPStatus.Success;
    });

    /// <summary>
    /// Starts a program on this host. It ends with the run, unless that is left in place. Both its output streams go to
    /// <paramref name="logFile"/> in the host's folder (default: its name and a number), from where its lines are read.
    /// </summary>
    public LabProcess Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? logFile = null)
    {
        var log = Path.Combine(Directory, logFile ?? $"{Path.GetFileName(file)}-{Interlocked.Increment(ref _started)}.log");
        return _run.Own(LabProcess.Start(this, file, arguments, environment, log));
    }

    public override string ToString() => Name;

    /// <summary>Ends every program on the host unless the run is left in place; the namespace itself goes with the run.</summary>
    public void Dispose()
    {
        if (!_run.IsLeft)
            ProcessTree.KillEverythingIn(Namespace);
        _thread.Dispose();
    }

    // Both ends: the first frame of a port that the bridge does not yet forward for would be lost.
    private void WaitForCarrier(HostInterface port)
    {
        _thread.WaitForCarrier(port.Name);
        port.Segment.Thread.WaitForCarrier(port.SwitchPort);
        port.Segment.Thread.WaitForCarrier(Segment.Bridge);
    }

    private NetworkInterface[] Cards() => _thread.Run(NetworkInterface.GetAllNetworkInterfaces);

    private static void PrepareNamespace()
    {
        // Without this a fresh link-local address is unusable for a second, and VRRP over IPv6 speaks from it.
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
        File.WriteAllText("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
        Command.Run("ip", ["link", "set", "lo", "up"]);
    }
}
