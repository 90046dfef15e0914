namespace Vigie.Contract;

/// <summary>Where the daemon and its clients find each other when nobody says otherwise.</summary>
public static class Defaults
{
    /// <summary>The Unix socket on which the daemon speaks HTTP.</summary>
    public const string Socket = "/run/vigie/vigie.sock";

    public const string StateDirectory = "/var/lib/vigie";

    public const string ConfigFile = "/etc/vigie/vigie.yaml";
}
