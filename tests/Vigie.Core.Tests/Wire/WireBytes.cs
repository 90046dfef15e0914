namespace Vigie.Core.Tests.Wire;

/// <summary>
/// What the wire tests share: bytes from hex text, buffers that show a forgotten write, and a count of allocations.
/// </summary>
internal static class WireBytes
{
    /// <summary>What output buffers hold before an encoder runs: a byte it forgets stays visible.</summary>
    public const byte Stale = 0xA5;

    /// <summary>Reads hex digits; blanks and line ends between bytes are for the eye.</summary>
    public static byte[] FromHex(string text) => Convert.FromHexString(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));

    public static byte[] StaleBuffer(int length)
    {
        var buffer = new byte[length];
        Array.Fill(buffer, Stale);
        return buffer;
    }

    /// <summary>Bytes that this thread allocates in many runs of the action, after some that let it warm up.</summary>
    public static long AllocatedBy(Action action)
    {
        for (var i = 0; i < 100; i++)
            action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Every variant of the bytes with exactly one bit flipped.</summary>
    public static IEnumerable<(int Bit, byte[] Bytes)> OneBitFlips(byte[] bytes)
    {
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(0x80 >> bit % 8);
            yield return (bit, flipped);
        }
    }
}
