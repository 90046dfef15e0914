using System.Collections.Immutable;
using System.Globalization;

namespace Vigie.Core.Configuration;

/// <summary>One setting that differs between two configurations, in the words of the file. Passwords are never shown.</summary>
/// <param name="Router">The name of the virtual router, or empty for a setting of the whole host.</param>
/// <param name="Key">The key of the file.</param>
/// <param name="Old">What it was.</param>
/// <param name="New">What it is to be.</param>
public readonly record struct SettingChange(string Router, string Key, string Old, string New)
{
    /// <summary>Every setting in which two virtual routers of one name differ, in the order of the documentation.</summary>
    public static List<SettingChange> Between(VirtualRouterConfig one, VirtualRouterConfig other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        List<SettingChange> changes = [];
        void Compare(string key, string old, string now)
        {
            if (old != now)
                changes.Add(new SettingChange(other.Name, key, old, now));
        }

        Compare("vrid", Text(one.Vrid), Text(other.Vrid));
        Compare("interface", one.Interface, other.Interface);
        Compare("addresses", List(one.Addresses), List(other.Addresses));
        Compare("priority", Priority(one), Priority(other));
        Compare("advertisement_interval", Time(one.AdvertisementInterval), Time(other.AdvertisementInterval));
        Compare("version", Text((byte)one.Version), Text((byte)other.Version));
        Compare("preempt", Preempt(one.Preempt), Preempt(other.Preempt));
        Compare("accept", Truth(one.Accept), Truth(other.Accept));
        Compare("close_connections", Truth(one.CloseConnections), Truth(other.CloseConnections));
        Compare("peers", List(one.Peers), List(other.Peers));
        if (one.Password != other.Password)
            changes.Add(new SettingChange(other.Name, "authentication", Secret(one.Password, "a password"), Secret(other.Password, "another password")));
        Compare("strict_addresses", Truth(one.StrictAddresses), Truth(other.StrictAddresses));
        Compare("ipv4_checksum", Checksum(one), Checksum(other));
        return changes;
    }

    /// <summary>The notifications that are gone and those that are new; what only moved within the list is not shown.</summary>
    public static List<SettingChange> Between(ImmutableArray<NotifyConfig> old, ImmutableArray<NotifyConfig> now)
    {
        List<SettingChange> changes = [];
        foreach (var gone in old.Except(now))
            changes.Add(new SettingChange("", "notify", gone.Text, "none"));
        foreach (var added in now.Except(old))
            changes.Add(new SettingChange("", "notify", "none", added.Text));
        if (changes.Count == 0 && !old.SequenceEqual(now))
            changes.Add(new SettingChange("", "notify", "the same programs", "in another order"));
        return changes;
    }

    private static string Text(byte value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Truth(bool value) => value ? "true" : "false";

    private static string List<T>(IEnumerable<T> values) => $"[{string.Join(", ", values)}]";

    private static string Priority(VirtualRouterConfig router) =>
        router.Priority == VirtualRouterConfig.OwnerPriority ? "owner" : Text(router.Priority);

    private static string Preempt(PreemptConfig preempt) =>
        preempt is { Enabled: true, After.Ticks: > 0 } ? $"{{after: {Time(preempt.After)}}}" : Truth(preempt.Enabled);

    private static string Secret(string? password, string given) => password is null ? "none" : given;

    private static string Checksum(VirtualRouterConfig router) => router.Ipv4Checksum switch
    {
        Wire.Ipv4ChecksumForm.PseudoHeader => "pseudo_header",
        Wire.Ipv4ChecksumForm.MessageOnly => "message_only",
        _ => throw new InvalidOperationException($"unknown form {router.Ipv4Checksum}"),
    };

    private static string Time(TimeSpan time) => time.Ticks % TimeSpan.TicksPerSecond == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / TimeSpan.TicksPerSecond}s")
        : string.Create(CultureInfo.InvariantCulture, $"{(decimal)time.Ticks / TimeSpan.TicksPerMillisecond:0.####}ms");
}
