using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Vigie.Bench.Reporting;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Lab;

namespace Vigie.Bench.Codecs;

/// <summary>Nanoseconds and bytes per message. The allocated column must read zero; a test holds it there.</summary>
[MemoryDiagnoser]
public class CodecBenchmark
{
    private const string Method = "Mean of BenchmarkDotNet's short job in this process, on the just-in-time compiler's code; one address per message.";

    private static readonly IpAddress Source4 = IpAddress.Parse("10.77.0.1");
    private static readonly IpAddress Source6 = IpAddress.Parse("fe80::1");
    private static readonly IpAddress[] Addresses4 = [IpAddress.Parse("10.77.0.100")];
    private static readonly IpAddress[] Addresses6 = [IpAddress.Parse("fd77::100")];
    private static readonly MacAddress Mac = new(0x0277_0000_0100);

    private readonly byte[] _buffer = new byte[256];
    private readonly byte[] _v3 = new byte[64];
    private readonly byte[] _v6 = new byte[64];
    private readonly byte[] _v2 = new byte[64];
    private readonly byte[] _arp = new byte[64];
    private readonly byte[] _neighbor = new byte[128];
    private int _v2Length;
    private int _v3Length;
    private int _v6Length;

    internal static TimeSpan Estimate(BenchmarkOptions options) => TimeSpan.FromSeconds(options.Quick ? 30 : 60);

    internal static Section Run(BenchmarkOptions options)
    {
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
        if (options.Quick)
            job = job.WithWarmupCount(1).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(20));
        // Only what goes wrong is printed; the table is ours.
        var configuration = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), $"vigie-bench-{Environment.ProcessId}"));
        try
        {
            return Report(BenchmarkRunner.Run<CodecBenchmark>(configuration));
        }
        finally
        {
            if (Directory.Exists(configuration.ArtifactsPath))
                Directory.Delete(configuration.ArtifactsPath, recursive: true);
        }
    }

    private static Section Report(Summary summary)
    {
        var section = new Section("Codecs", Method, "message", "ns", "bytes allocated");
        long allocated = 0;
        foreach (var report in summary.Reports)
        {
            var name = report.BenchmarkCase.Descriptor.WorkloadMethod.Name;
            if (report.ResultStatistics is not { } statistics || report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is not { } bytes)
                throw new LabException($"{name} could not be measured");
            allocated += bytes;
            section.Row(Words(name), Samples.Text(statistics.Mean), $"{bytes}");
        }

        if (summary.Reports.Length == 0)
            throw new LabException("no codec was measured");
        section.Bound("No codec allocates", allocated == 0);
        return section;
    }

    // EncodeVersion3IPv4 -> "encode version 3 IPv4"
    private static string Words(string name) =>
        Regex.Replace(name, "(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=I)", " ").ToLowerInvariant().Replace("ipv ", "IPv", StringComparison.Ordinal);

    [GlobalSetup]
    public void Prepare()
    {
        _v3Length = EncodeIPv4(_v3);
        _v6Length = EncodeIPv6(_v6);
        _v2Length = EncodeVersion2(_v2);
        GratuitousArp.WriteReply(_arp, Mac, Addresses4[0]);
        UnsolicitedAdvertisement.Write(_neighbor, Mac, Addresses6[0], Addresses6[0], router: false);
    }

    [Benchmark]
    public int EncodeVersion2() => EncodeVersion2(_buffer);

    [Benchmark]
    public int EncodeVersion3IPv4() => EncodeIPv4(_buffer);

    [Benchmark]
    public int EncodeVersion3IPv6() => EncodeIPv6(_buffer);

    [Benchmark]
    public VrrpError DecodeVersion3IPv4() => VrrpCodec.TryDecode(_v3.AsSpan(0, _v3Length), Source4, VrrpCodec.MulticastIPv4, out _, out _);

    [Benchmark]
    public VrrpError DecodeVersion3IPv6() => VrrpCodec.TryDecode(_v6.AsSpan(0, _v6Length), Source6, VrrpCodec.MulticastIPv6, out _, out _);

    [Benchmark]
    public VrrpError DecodeVersion2() => VrrpCodec.TryDecode(_v2.AsSpan(0, _v2Length), Source4, VrrpCodec.MulticastIPv4, out _, out _);

    [Benchmark]
    public ArpError DecodeArp() => ArpCodec.TryDecode(_arp.AsSpan(EthernetHeader.Length, ArpCodec.Length), out _);

    [Benchmark]
    public NeighborError DecodeNeighborAdvertisement()
    {
        Ipv6Codec.TryDecode(_neighbor.AsSpan(EthernetHeader.Length, UnsolicitedAdvertisement.FrameLength - EthernetHeader.Length), out var header, out var payload);
        return NeighborCodec.TryDecode(payload, header.Source, header.Destination, header.HopLimit, out _);
    }

    [Benchmark]
    public int WriteGratuitousArp() => GratuitousArp.WriteRequest(_buffer, Mac, Addresses4[0]);

    [Benchmark]
    public int WriteUnsolicitedAdvertisement() => UnsolicitedAdvertisement.Write(_buffer, Mac, Addresses6[0], Addresses6[0], router: false);

    private static int EncodeIPv4(byte[] output) => VrrpCodec.Encode(
        Advertisement(IpFamily.IPv4), Addresses4, Source4, VrrpCodec.MulticastIPv4, output);

    private static int EncodeVersion2(byte[] output) => VrrpCodec.Encode(
        Advertisement(IpFamily.IPv4) with { Version = VrrpVersion.V2, Interval = TimeSpan.FromSeconds(1) },
        Addresses4, Source4, VrrpCodec.MulticastIPv4, output);

    private static int EncodeIPv6(byte[] output) => VrrpCodec.Encode(
        Advertisement(IpFamily.IPv6), Addresses6, Source6, VrrpCodec.MulticastIPv6, output);

    private static VrrpAdvertisement Advertisement(IpFamily family) => new()
    {
        Version = VrrpVersion.V3, Family = family, Vrid = 51, Priority = 150, Interval = TimeSpan.FromMilliseconds(100),
    };
}
