using System.Runtime.InteropServices;

namespace Vigie.Cli;

/// <summary>
/// Ctrl-C and SIGTERM, for verbs that go on until somebody stops them. Only they listen: the daemon has signal handling
/// of its own, and other verbs just end.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Becomes cancelled at the first signal after this call.</summary>
    public CancellationToken Listen()
    {
        if (_registrations.Count == 0)
        {
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        }

        return _source.Token;
    }

    /// <summary>What a signal does.</summary>
    public void Interrupt() => _source.Cancel();

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Interrupt();
    }
}
