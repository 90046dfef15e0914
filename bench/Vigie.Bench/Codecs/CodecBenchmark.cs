using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Bench.Codecs;

/// <summary>Nanoseconds and bytes per message. The allocated column must read zero; a test holds it there.</summary>
[MemoryDiagnoser]
public class CodecBenchmark
{
    private static readonly IpAddress Source4 = IpAddress.Parse("10.77.0.1");
    private static readonly IpAddress Source6 = IpAddress.Parse("fe80::1");
    private static readonly IpAddress[] Addresses4 = [IpAddress.Parse("10.77.0.100")];
    private static readonly IpAddress[] Addresses6 = [IpAddress.Parse("fd77::100")];
    private static readonly MacAddress Mac = new(0x0277_0000_0100);

    private readonly byte[] _buffer = new byte[256];
    private readonly byte[] _v3 = new byte[64];
    private readonly byte[] _v6 = new byte[64];
    private int _v3Length;
    private int _v6Length;

    public static int Run()
    {
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
        var summary = BenchmarkRunner.Run<CodecBenchmark>(DefaultConfig.Instance.AddJob(job).WithArtifactsPath(Path.Combine(Path.GetTempPath(), "vigie-bench")));
        return summary.HasCriticalValidationErrors ? 1 : 0;
    }

    [GlobalSetup]
    public void Prepare()
    {
        _v3Length = EncodeIPv4(_v3);
        _v6Length = EncodeIPv6(_v6);
    }

    [Benchmark]
    public int EncodeVersion3IPv4() => EncodeIPv4(_buffer);

    [Benchmark]
    public int EncodeVersion3IPv6() => EncodeIPv6(_buffer);

    [Benchmark]
    public VrrpError DecodeVersion3IPv4() => VrrpCodec.TryDecode(_v3.AsSpan(0, _v3Length), Source4, VrrpCodec.MulticastIPv4, out _, out _);

    [Benchmark]
    public VrrpError DecodeVersion3IPv6() => VrrpCodec.TryDecode(_v6.AsSpan(0, _v6Length), Source6, VrrpCodec.MulticastIPv6, out _, out _);

    [Benchmark]
    public int WriteGratuitousArp() => GratuitousArp.WriteRequest(_buffer, Mac, Addresses4[0]);

    [Benchmark]
    public int WriteUnsolicitedAdvertisement() => UnsolicitedAdvertisement.Write(_buffer, Mac, Addresses6[0], Addresses6[0], router: false);

    private static int EncodeIPv4(byte[] output) => VrrpCodec.Encode(
        Advertisement(IpFamily.IPv4), Addresses4, Source4, VrrpCodec.MulticastIPv4, output);

    private static int EncodeIPv6(byte[] output) => VrrpCodec.Encode(
        Advertisement(IpFamily.IPv6), Addresses6, Source6, VrrpCodec.MulticastIPv6, output);

    private static VrrpAdvertisement Advertisement(IpFamily family) => new()
    {
        Version = VrrpVersion.V3, Family = family, Vrid = 51, Priority = 150, Interval = TimeSpan.FromMilliseconds(100),
    };
}
