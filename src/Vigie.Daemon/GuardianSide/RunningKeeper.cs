using System.Collections.Concurrent;

namespace Vigie.Daemon.GuardianSide;

/// <summary>
/// Writes every configuration that becomes live to the state directory, on a thread of its own: no disk, however slow, may
/// delay the guardian.
/// </summary>
internal sealed class RunningKeeper : IDisposable
{
    private readonly BlockingCollection<byte[]> _texts = [];
    private readonly RunningStore _store;
    private readonly Action<string> _failed;
    private readonly Thread _thread;
    private byte[] _kept;

    /// <param name="store">Where to.</param>
    /// <param name="first">The configuration that is about to run; it is written before this returns.</param>
    /// <param name="failed">Called, also on the other thread, with the reason when it could not be written.</param>
    public RunningKeeper(RunningStore store, byte[] first, Action<string> failed)
    {
        (_store, _kept, _failed) = (store, first, failed);
        Write(first);
        _thread = new Thread(Work) { Name = "running configuration", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Another configuration may have become live.</summary>
    public void Keep(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.SequenceEqual(_kept))
            return;
        _kept = text.ToArray();
        _texts.Add(_kept);
    }

    public void Dispose()
    {
        _texts.CompleteAdding();
        _thread.Join();
        _texts.Dispose();
    }

    private void Work()
    {
        foreach (var text in _texts.GetConsumingEnumerable())
            Write(text);
    }

    private void Write(byte[] text)
    {
        if (_store.Save(text) is { } reason)
            _failed(reason);
    }
}
