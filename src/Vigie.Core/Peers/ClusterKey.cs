using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Core.Peers;

/// <summary>
/// One secret that all hosts of a cluster share. It seals nothing itself: each sender, receiver and session has a key of its own
/// that is made of it (HKDF, RFC 5869), so that the number of a packet is a sound nonce.
/// </summary>
public sealed class ClusterKey
{
    /// <summary>In bytes.</summary>
    public const int Length = 32;

    private static readonly byte[] s_numberPurpose = "vigie channel 1: number of a key"u8.ToArray();
    private static readonly byte[] s_packetPurpose = "vigie channel 1: packets of a session"u8.ToArray();

    private readonly byte[] _secret;

    private ClusterKey(byte[] secret)
    {
        _secret = secret;
        Span<byte> number = stackalloc byte[4];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, number, [], s_numberPurpose);
        Number = BinaryPrimitives.ReadUInt32BigEndian(number);
    }

    /// <summary>What packets name the key by. It says nothing about the secret.</summary>
    public uint Number { get; }

    /// <summary>Of exactly <see cref="Length"/> bytes.</summary>
    public static ClusterKey FromBytes(ReadOnlySpan<byte> secret) => secret.Length == Length
        ? new ClusterKey(secret.ToArray())
        : throw new ArgumentException($"a cluster key has {Length} bytes", nameof(secret));

    public bool IsSameAs(ClusterKey other) => CryptographicOperations.FixedTimeEquals(_secret, other._secret);

    /// <summary>The cipher of all packets of one session from one host to another. The names are those of the configuration.</summary>
    internal AesGcm CipherOf(ChannelSession session, string sender, string receiver)
    {
        Span<byte> salt = stackalloc byte[ChannelSession.Length];
        session.WriteTo(salt);
        // No name holds a zero byte, so that no two pairs of names read the same.
        byte[] purpose = [.. s_packetPurpose, 0, .. Encoding.UTF8.GetBytes(sender), 0, .. Encoding.UTF8.GetBytes(receiver)];
        Span<byte> key = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, key, salt, purpose);
        var cipher = new AesGcm(key, ChannelPacket.SealLength);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
