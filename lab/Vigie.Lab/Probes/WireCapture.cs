using System.Buffers.Binary;
using System.Globalization;
using Vigie.Core;
using Vigie.Lab.Processes;

namespace Vigie.Lab.Probes;

/// <summary>
/// Records what a host's eth0 sees, each frame with the time at which the kernel saw it: however late tcpdump itself
/// runs on a busy machine, the times are right. A recording that lost frames is refused.
/// </summary>
public sealed class WireCapture
{
    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;
    private const uint NanosecondMagic = 0xA1B23C4D;
    private const int BufferKilobytes = 32 * 1024;

    // Ethernet, IPv6 and the fixed part of whatever follows; a list of addresses is not needed.
    private const int SnapshotLength = 128;

    private readonly LabProcess _process;
    private readonly string _path;

    private WireCapture(LabProcess process, string path)
    {
        _process = process;
        _path = path;
    }

    /// <summary>Returns when it is really recording.</summary>
    public static WireCapture Start(LabHost host, string filter)
    {
        var path = Path.Combine(host.Directory, "wire.pcap");
        // -Z root: as another user it could not write into the host's folder.
        var process = host.Start("tcpdump",
        [
            "-i", "eth0", "-n", "-s", SnapshotLength.ToString(CultureInfo.InvariantCulture), "-B", BufferKilobytes.ToString(CultureInfo.InvariantCulture),
            "--time-stamp-precision=nano", "-Z", "root", "-w", path, filter,
        ]);
        process.WaitForLine(line => line.Contains("listening on", StringComparison.Ordinal));
        return new WireCapture(process, path);
    }

    /// <summary>The frames in their order; times count from an epoch of the recording's own.</summary>
    public List<CapturedFrame> Stop()
    {
        _process.Stop(Signals.Interrupt);
        var dropped = _process.Lines.FirstOrDefault(line => line.EndsWith("dropped by kernel", StringComparison.Ordinal));
        if (dropped is null || !dropped.StartsWith("0 ", StringComparison.Ordinal))
            throw new LabException($"the recording is not complete: {dropped ?? _process.Tail()}");
        return Read(File.ReadAllBytes(_path));
    }

    private static List<CapturedFrame> Read(byte[] file)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(file) != NanosecondMagic)
            throw new LabException("tcpdump did not write nanoseconds");
        var frames = new List<CapturedFrame>();
        for (var at = FileHeaderLength; at + RecordHeaderLength <= file.Length;)
        {
            var seconds = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
            var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 4));
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            frames.Add(new CapturedFrame(new Instant(seconds * 1_000_000_000L + nanoseconds), file.AsMemory(at + RecordHeaderLength, length)));
            at += RecordHeaderLength + length;
        }

        return frames;
    }
}
