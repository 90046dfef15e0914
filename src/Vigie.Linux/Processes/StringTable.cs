using System.Text;

namespace Vigie.Linux;

/// <summary>Arguments and environment in the form in which the kernel takes them.</summary>
internal static unsafe class StringTable
{
    /// <summary>
    /// Pointers to the arguments, a zero, pointers to the environment, a zero. Pinned; valid as long as the array is held.
    /// </summary>
    public static nint[] Of(ReadOnlySpan<string> args, ReadOnlySpan<string> environment)
    {
        var count = args.Length + environment.Length + 2;
        var bytes = ByteCount(args) + ByteCount(environment);
        // The strings stand behind the pointers, in one block: whoever holds the one holds the other.
        var pointers = GC.AllocateArray<nint>(count + (bytes + sizeof(nint) - 1) / sizeof(nint), pinned: true);
        fixed (nint* table = pointers)
        {
            var block = new Span<byte>(table + count, bytes);
            var offset = Write(args, block, 0, pointers);
            Write(environment, block, offset, pointers.AsSpan(args.Length + 1));
        }

        return pointers;
    }

    private static int ByteCount(ReadOnlySpan<string> texts)
    {
        var count = 0;
        foreach (var text in texts)
            count += Encoding.UTF8.GetByteCount(text) + 1;
        return count;
    }

    private static int Write(ReadOnlySpan<string> texts, Span<byte> block, int offset, Span<nint> pointers)
    {
        fixed (byte* start = block)
        {
            for (var i = 0; i < texts.Length; i++)
            {
                pointers[i] = (nint)(start + offset);

                // The block was zeroed: every text is followed by its terminator.
                offset += Encoding.UTF8.GetBytes(texts[i], block[offset..]) + 1;
            }
        }

        return offset;
    }
}
