using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Vigie.Core.Peers;

//                          names a packet of ours of the last seconds
//   a session not seen ────────────────────────────────────────────────► believed, instead of the one before
//        │  genuine, but names another session, an old packet, or none
//        ▼
//   unproven: answered, not believed

/// <summary>
/// The lock between this host and one other: it seals what goes there, opens what comes from there, and believes it if it is of now:
/// each packet once, in a session that has proved that it hears this one. AES-256-GCM (NIST SP 800-38D), the number of the packet as
/// nonce, the header authenticated. Time in, bytes in and out; allocates nothing while sessions and keys stay.
/// </summary>
public sealed partial class ChannelLine : IDisposable
{
    private const int NonceLength = 12;

    private readonly string _own;
    private readonly string _peer;
    private ImmutableArray<ClusterKey> _keys;

    /// <param name="keys">Those of the key file; the first one seals.</param>
    /// <param name="own">This host's name.</param>
    /// <param name="peer">The other's.</param>
    /// <param name="session">This host's session: random, and one for the whole life of this object. A second object with the same one would use numbers twice.</param>
    public ChannelLine(ImmutableArray<ClusterKey> keys, string own, string peer, ChannelSession session)
    {
        (_keys, _own, _peer) = (keys, own, peer);
        _sealing = BeginSealing(session);
    }

    /// <summary>This host's session.</summary>
    public ChannelSession Own { get; private set; }

    /// <summary>The other host's session that is believed; none: nothing has been proved yet.</summary>
    public ChannelSession Current { get; private set; }

    /// <summary>
    /// The key file was read again. Sessions go on under whichever of its keys is named; the first one seals from now on.
    /// </summary>
    /// <returns>A key was taken out: whoever knows it may have spoken in our sessions, so that they are to be begun anew (<see cref="Renew"/>).</returns>
    public bool Use(ImmutableArray<ClusterKey> keys)
    {
        var before = _keys;
        _keys = keys;
        if (!keys[0].IsSameAs(before[0]))
        {
            _sealing.Dispose();
            _sealing = keys[0].CipherOf(Own, _own, _peer);
        }

        if (KeyNumbered(_openingKey) is null)
            ForgetOpening();
        foreach (var key in before)
            if (!keys.Any(key.IsSameAs))
                return true;
        return false;
    }

    /// <summary>This host begins a new session: nothing that names the one before proves anything any more.</summary>
    public void Renew(ChannelSession session)
    {
        _sealing.Dispose();
        _sealing = BeginSealing(session);
        Current = ChannelSession.None;
        _window = new ReplayWindow();
        ForgetOpening();
    }

    public void Dispose()
    {
        _sealing.Dispose();
        ForgetOpening();
    }

    private AesGcm BeginSealing(ChannelSession session)
    {
        if (session.IsNone)
            throw new ArgumentException("a host has a session", nameof(session));
        (Own, Next, _freshFrom, _slotFrom, _slotAt) = (session, 1, 1, 1, Instant.Zero);
        return _keys[0].CipherOf(session, _own, _peer);
    }

    private ClusterKey? KeyNumbered(uint number)
    {
        foreach (var key in _keys)
            if (key.Number == number)
                return key;
        return null;
    }

    private static void WriteNonce(ulong number, Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], number);
    }
}
