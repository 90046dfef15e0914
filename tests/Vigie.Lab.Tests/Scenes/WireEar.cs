using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Probes;

namespace Vigie.Lab.Tests.Scenes;

/// <summary>Listens on one interface to everything that concerns a VIP: advertisements, announcements and questions.</summary>
internal sealed class WireEar
{
    private readonly CaptureSocket _capture;

    private WireEar(CaptureSocket capture) => _capture = capture;

    public ImmutableArray<WireAdvertisement> Advertisements => [.. _capture.Frames.Select(WireAdvertisement.Read).OfType<WireAdvertisement>()];

    public ImmutableArray<WireAnnouncement> Announcements => [.. _capture.Frames.Select(WireAnnouncement.Read).OfType<WireAnnouncement>()];

    /// <summary>Questions whether anybody holds an address.</summary>
    public ImmutableArray<WireProbe> Probes => [.. _capture.Frames.Select(WireProbe.Read).OfType<WireProbe>()];

    public static WireEar On(LabHost host, string interfaceName = "eth0") =>
        new(CaptureSocket.Start(host, interfaceName, frame => frame.IsVrrp || WireAnnouncement.Read(frame) is not null || WireProbe.Read(frame) is not null));

    public ImmutableArray<WireAdvertisement> Since(Instant from) => [.. Advertisements.Where(heard => heard.At >= from)];

    /// <summary>Waits until this many advertisements that fit have been heard from now on: the test's measure of time passing.</summary>
    public void WaitFor(string what, int count, Func<WireAdvertisement, bool> fits, TimeSpan? deadline = null) =>
        WaitFor(LabClock.Now, what, count, fits, deadline);

    /// <summary>
    /// The same from a moment on, for what is said once only: whoever waits for the answer to its own act begins before
    /// the act, since the answer may be on the wire before the next line of the test runs.
    /// </summary>
    public void WaitFor(Instant from, string what, int count, Func<WireAdvertisement, bool> fits, TimeSpan? deadline = null) =>
        Condition.WaitFor($"{count} x {what}", () => Since(from).Count(fits) >= count, deadline, explain: () => Describe(from));

    /// <summary>The hosts (by MAC) that advertised with a priority other than 0 since that moment.</summary>
    public ImmutableArray<MacAddress> AdvertisersSince(Instant from) =>
        [.. Since(from).Where(heard => !heard.IsResignation).Select(heard => heard.Mac).Distinct()];

    public string Describe(Instant from) => string.Join('\n', Since(from).TakeLast(40).Select(heard => heard.ToString()));
}
