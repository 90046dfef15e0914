using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Core.Peers;

/// <summary>Names as packets carry them: four bytes of a digest. Who reads a configuration refuses two names with one number.</summary>
public static class NameNumber
{
    /// <summary>The first four bytes of the SHA-256 of the name in UTF-8.</summary>
    public static uint Of(string name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest);
    }
}
