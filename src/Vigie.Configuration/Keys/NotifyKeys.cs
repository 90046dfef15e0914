using System.Diagnostics.CodeAnalysis;

namespace Vigie.Configuration.Keys;

/// <summary>The keys of the list of notifications.</summary>
internal static class NotifyKeys
{
    [StringSyntax(StringSyntaxAttribute.Regex)]
    public const string UserPattern = "^([A-Za-z_][A-Za-z0-9_.-]{0,31}\\$?|[0-9]{1,10})$";

    public static readonly ConfigurationKey Run = new("run",
        new ListShape("a list of the program and its arguments", new TextShape("text", "^[^\\u0000]{0,1024}$") { MayBeDigits = true }, 1, ConfigurationLimits.NotifyArguments),
        "The program by its absolute path, owned by root and not writable by others, and its arguments. There is no shell. "
        + "In the arguments {name}, {state}, {previous}, {reason}, {node}, {vrid}, {interface} and {addresses} are replaced; '{{' and '}}' are braces.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["command", "script", "exec", "program", "notify_script", "path"],
    };

    public static readonly ConfigurationKey On = new("on",
        new ListShape("a list of states", new WordShape(["active", "backup", "fault", "initialize"]), 1, 4),
        "The states of which it hears when a virtual router enters them: active, backup, fault, and initialize, which is also where a host that shuts down ends.")
    {
        DefaultJson = "[\"active\", \"backup\", \"fault\", \"initialize\"]",
        KnownElsewhereAs = ["states", "state", "when", "events"],
    };

    public static readonly ConfigurationKey ForRouters = new("virtual_routers",
        new ListShape("a list of names of virtual routers", new TextShape("a name", KeyTable.NamePattern) { MayBeDigits = true }, 1, ConfigurationLimits.VirtualRouters),
        "The names of the virtual routers that it is for. Default: all.")
    {
        KnownElsewhereAs = ["virtual_router", "routers", "instances", "for"],
    };

    public static readonly ConfigurationKey Timeout = new("timeout", new DurationShape(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
        "After so long it is ended, with everything that it has started; 100ms to 10m.")
    {
        DefaultJson = "\"10s\"",
        KnownElsewhereAs = ["time_limit", "max_time"],
    };

    public static readonly ConfigurationKey User = new("user", new TextShape("a user's name or number", UserPattern) { MayBeDigits = true },
        "The user that it runs as, with that user's groups. Default: the daemon's own user, or nobody when that is root.")
    {
        KnownElsewhereAs = ["uid", "username", "run_as", "runas", "script_user"],
    };

    public static readonly MappingShape Entry = new("the keys of a notification", [Run, On, ForRouters, Timeout, User]);

    public static readonly ConfigurationKey Notify = new("notify",
        new ListShape("a list of notifications", Entry, 0, ConfigurationLimits.Notifications),
        "Programs that hear of state changes: one after the other for each virtual router, in order, and never in the way of the election. At most 64.")
    {
        DefaultJson = "[]",
        KnownElsewhereAs = ["notifications", "notify_script", "scripts", "hooks"],
    };
}
