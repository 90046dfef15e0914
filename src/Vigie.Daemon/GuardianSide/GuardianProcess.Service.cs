using System.Diagnostics;
using System.Globalization;
using System.Text;
using Vigie.Core;

namespace Vigie.Daemon.GuardianSide;

// What the service manager is told. The guardian says it, being the main process: it alone outlives both others, and knows
// whether the node works. (sd_notify(3); without a manager nothing of this happens.)
internal sealed partial class GuardianProcess
{
    private bool _saidReady;
    private bool _reloading;
    private Instant _feedAt;

    /// <summary>Says what is new, feeds the watchdog, and returns when it is to be fed again.</summary>
    private Instant TellServiceManager(Instant now)
    {
        if (_service is null)
            return Instant.Never;
        if (!_saidReady && !_reloading && _controlIsReady && _loop.IsNodeWell(now))
            _saidReady = _service.Tell("READY=1\nSTATUS=taking part\n"u8);
        if (_service.Watchdog == TimeSpan.Zero || !_loop.IsNodeWell(now))
            return Instant.Never; // whoever is unwell is looked at soon, or left to the watchdog
        if (now < _feedAt)
            return _feedAt;
        _service.Tell("WATCHDOG=1\n"u8);
        return _feedAt = now + _service.Watchdog / 3;
    }

    private void SayReloading()
    {
        // CLOCK_MONOTONIC in microseconds: by this the manager tells the answer to its own request from older ones.
        var microseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        _service?.Tell(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}\n")));
        (_saidReady, _reloading) = (false, true); // said again when control has dealt with it
    }

    private void SayStopping() => _service?.Tell("STOPPING=1\nSTATUS=resigning\n"u8);
}
