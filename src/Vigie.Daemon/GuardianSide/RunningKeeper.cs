namespace Vigie.Daemon.GuardianSide;

/// <summary>
/// Writes every configuration that becomes live to the state directory, on a thread of its own: no disk, however slow, may
/// delay the guardian.
/// </summary>
internal sealed class RunningKeeper : IDisposable
{
    /// <summary>Far more reloads than a disk can be behind: each waits for an answer.</summary>
    private const int LongestQueue = 1024;

    private readonly Mailbox<Letter> _texts = new(LongestQueue);
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
        if (!_texts.TryPut(new Letter(_kept)))
            _failed($"{LongestQueue} earlier ones still wait for the disk");
    }

    public void Dispose()
    {
        _texts.Close();
        _thread.Join();
        _texts.Dispose();
    }

    private void Work()
    {
        while (_texts.TryTake(out var letter))
            Write(letter.Text);
    }

    private void Write(byte[] text)
    {
        if (_store.Save(text) is { } reason)
            _failed(reason);
    }

    private readonly record struct Letter(byte[] Text);
}
