using System.Buffers.Binary;
using System.Text;

namespace Vigie.Lab.Probes;

/// <summary>What probe and echo say to each other: a question is "VGPQ" and a number, the answer "VGPA", the number and the host's name.</summary>
internal static class ProbeDatagram
{
    internal const int QuestionLength = 12;
    internal const int MaximumLength = QuestionLength + 32;

    private static ReadOnlySpan<byte> QuestionMark => "VGPQ"u8;

    private static ReadOnlySpan<byte> AnswerMark => "VGPA"u8;

    internal static void WriteQuestion(Span<byte> buffer, long number)
    {
        QuestionMark.CopyTo(buffer);
        BinaryPrimitives.WriteInt64BigEndian(buffer[4..], number);
    }

    internal static bool IsQuestion(ReadOnlySpan<byte> datagram) => datagram.Length == QuestionLength && datagram.StartsWith(QuestionMark);

    /// <summary>Turns a question in the buffer into its answer; returns the length.</summary>
    internal static int TurnIntoAnswer(Span<byte> buffer, ReadOnlySpan<byte> name)
    {
        AnswerMark.CopyTo(buffer);
        name.CopyTo(buffer[QuestionLength..]);
        return QuestionLength + name.Length;
    }

    internal static bool TryReadAnswer(ReadOnlySpan<byte> datagram, out long number, out ReadOnlySpan<byte> name)
    {
        number = 0;
        name = default;
        if (datagram.Length <= QuestionLength || !datagram.StartsWith(AnswerMark))
            return false;
        number = BinaryPrimitives.ReadInt64BigEndian(datagram[4..]);
        name = datagram[QuestionLength..];
        return true;
    }

    internal static byte[] Name(string name) => Encoding.ASCII.GetBytes(name);
}
