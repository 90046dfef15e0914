using Vigie.Configuration.Keys;
using Vigie.Configuration.Values;
using Vigie.Configuration.Yaml;
using Vigie.Core.Configuration;

namespace Vigie.Configuration;

/// <summary>
/// Reads a configuration: YAML text becomes immutable records, or the list of everything that is wrong with it. Never
/// throws because of the text, and does no I/O: see <see cref="ConfigurationFile"/> for files.
/// </summary>
public static class ConfigurationReader
{
    /// <param name="text">The YAML text.</param>
    /// <param name="fileName">Shown in front of every problem.</param>
    /// <param name="defaultNodeName">The node's name when the text gives none: the host name.</param>
    /// <param name="check">Judges the programs of notifications on this machine; null leaves that out.</param>
    public static ConfigurationResult Read(string text, string fileName, string defaultNodeName, ProgramCheck? check = null)
    {
        // Editors of other systems write a byte order mark; it is no part of the first key.
        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        var problems = new ProblemList();
        var config = text.Length > ConfigurationLimits.FileSize
            ? TooLarge(problems)
            : ReadRoot(YamlTreeReader.Read(text, problems), defaultNodeName, problems, check);
        return new ConfigurationResult(problems.HasErrors ? null : config, problems.ToImmutable(), fileName, text);
    }

    internal static NodeConfig? TooLarge(ProblemList problems)
    {
        problems.Error(TextSpan.WholeFile, $"the file is larger than {ConfigurationLimits.FileSize >> 20} MiB", "is it the right file?");
        return null;
    }

    private static NodeConfig? ReadRoot(YamlNode? root, string defaultNodeName, ProblemList problems, ProgramCheck? check)
    {
        switch (root)
        {
            case YamlMapping mapping:
                return ReadNode(mapping, defaultNodeName, problems, check);
            case null or YamlScalar { IsNull: true }:
                if (!problems.HasErrors)
                    problems.Error(TextSpan.WholeFile, "the file holds no configuration", "'vigie config schema' describes the keys; 'virtual_routers' is required");
                return null;
            case YamlInvalid:
                return null;
            default:
                if (!problems.HasErrors)
                    problems.Error(root.Span with { Length = Math.Max(1, root.Span.Length) }, $"expected {KeyTable.Root.Wanted}, found {ValueReader.Describe(root)}",
                        "write 'key: value', with a space after the colon");
                return null;
        }
    }

    private static NodeConfig ReadNode(YamlMapping mapping, string defaultNodeName, ProblemList problems, ProgramCheck? check)
    {
        var keys = new MappingReader(mapping, KeyTable.Root, problems);
        keys.ReportMissing("the configuration");
        var values = new ValueReader(problems);
        var node = keys.Find(KeyTable.Node) is { } entry ? values.Name(entry, KeyTable.Node) : defaultNodeName;

        var drafts = new List<RouterDraft>();
        if (keys.Find(KeyTable.VirtualRouters) is { } list && values.Items(list, (ListShape)KeyTable.VirtualRouters.Shape) is { } items)
            ReadRouters(items, list, drafts, problems);
        CrossChecks.Run(drafts, problems);
        var notify = keys.Find(NotifyKeys.Notify) is { } notifications ? new NotifyReader(problems, drafts, check).Read(notifications) : [];
        return new NodeConfig
        {
            Node = node ?? defaultNodeName,
            VirtualRouters = [.. drafts.Select(draft => draft.Config).OfType<VirtualRouterConfig>()],
            Notify = notify,
        };
    }

    private static void ReadRouters(List<YamlNode> items, YamlEntry list, List<RouterDraft> drafts, ProblemList problems)
    {
        if (items.Count == 0)
            problems.Warning(list.ValueSpan, "there is no virtual router, so this host will do nothing");
        var reader = new VirtualRouterReader(problems);
        foreach (var item in items)
        {
            if (item is YamlMapping mapping)
                drafts.Add(reader.Read(mapping, drafts.Count + 1));
            else if (item is not YamlInvalid)
                problems.Error(item.Span with { Length = Math.Max(1, item.Span.Length) }, $"a virtual router is a mapping, found {ValueReader.Describe(item)}",
                    "write '- name: ...' and give the other keys the same indentation as 'name'");
        }
    }
}
