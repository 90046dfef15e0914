using Vigie.Contract;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Messages;
using Vigie.Node.Ports;

namespace Vigie.Daemon.ControlSide;

/// <summary>All sentences about what kept a new configuration from becoming live.</summary>
internal static class RefusalText
{
    /// <summary>One sentence for each refusal, and everything that can be done about them.</summary>
    public static ErrorDetail Describe(ConfigurationDoneMessage refused)
    {
        List<string> details = [.. refused.Refusals.Select(Sentence)];
        if (refused.LeftOut > 0)
            details.Add($"and {refused.LeftOut} more");
        return new ErrorDetail
        {
            Code = ErrorCodes.Refused,
            Message = "what the new configuration needs is not to be had; nothing was changed",
            Remedy = string.Join("; ", refused.Refusals.Select(Remedy).Distinct()) + "; then reload again",
            Details = details,
        };
    }

    /// <summary>Who needs it, what it is, and why it is not there.</summary>
    public static string Sentence(ReconfigureRefusal refusal)
    {
        var reason = refusal.Words.Length > 0 ? refusal.Words : ReasonText.Error(refusal.Error);
        var group = $"advertisements cannot be heard on {refusal.Interface}: {refusal.Family} group not joined: {reason}";
        var sentence = refusal.Kind switch
        {
            RefusalKind.Group => group,
            RefusalKind.AdvertisementFilter => $"{refusal.Family} advertisements cannot be let in on {refusal.Interface}: socket filter not set: {reason}",
            RefusalKind.ClaimFilter => $"claims of the virtual addresses by others cannot be let in: socket filter not set: {reason}",
            RefusalKind.AcceptRules => $"`accept: false` cannot be enforced: rules not loaded: {reason}",
            RefusalKind.PeerRules => $"the advertisements of others than `peers:` cannot be kept out: rules not loaded: {reason}",
            RefusalKind.MuteRules => $"leaving without a gap cannot be prepared: rules not loaded: {reason}",
            RefusalKind.Address => $"{refusal.Address} cannot be put on {refusal.Interface}: {reason}",
            RefusalKind.Board => "the configuration is too large to be guarded, and the running one is: a crash would cost every role",
            RefusalKind.Queue => $"too much work is waiting for the kernel: {reason}",
            RefusalKind.NoAnswer => $"the kernel has not granted it within {ElectionLoop.PreparationLimit.TotalSeconds:0} s",
            RefusalKind.Unsettled => "interfaces or roles changed again and again while it was being prepared",
            RefusalKind.Leaving => "this host is leaving",
        };
        return refusal.Routers.Length > 0 ? $"{refusal.Routers}: {sentence}" : sentence;
    }

    private static string Remedy(ReconfigureRefusal refusal) => refusal.Kind switch
    {
        RefusalKind.Group when refusal.Error is Errno.ENOBUFS => "raise net.ipv4.igmp_max_memberships above 0",
        RefusalKind.Group or RefusalKind.AdvertisementFilter or RefusalKind.ClaimFilter when refusal.Error is Errno.ENOMEM =>
            "raise net.core.optmem_max",
        RefusalKind.Group when refusal.Error is Errno.EMFILE => "raise the limit of open files of the daemon (LimitNOFILE= of its unit)",
        RefusalKind.Group or RefusalKind.AdvertisementFilter or RefusalKind.ClaimFilter =>
            "see that the daemon has CAP_NET_RAW and that the host has memory left",
        RefusalKind.AcceptRules or RefusalKind.PeerRules or RefusalKind.MuteRules =>
            "install libnftables1, see that the kernel has nf_tables, and raise the limit of open files if it is said to be reached",
        RefusalKind.Address => ReasonText.AddressRemedy(refusal.Error, refusal.Address) ?? "see whether the address can be added by hand with `ip address add`",
        RefusalKind.Board => "use fewer addresses or virtual routers on one host",
        RefusalKind.Queue or RefusalKind.NoAnswer => "find the program that keeps the kernel's network settings busy (`ip monitor`)",
        RefusalKind.Unsettled => "wait until the network of this host is quiet",
        RefusalKind.Leaving => "start the daemon again, and it reads the file",
    };
}
