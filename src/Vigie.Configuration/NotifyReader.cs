using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigie.Configuration.Keys;
using Vigie.Configuration.Values;
using Vigie.Configuration.Yaml;
using Vigie.Core.Configuration;
using Vigie.Core.Election;

namespace Vigie.Configuration;

/// <summary>Reads the list of notifications. Whether a program is there and fit is asked of the caller, and only ever a warning.</summary>
internal sealed partial class NotifyReader(ProblemList problems, IReadOnlyList<RouterDraft> routers, ProgramCheck? check)
{
    private const string QuoteRemedy = "put quotes around an argument with braces: \"{name}\"";
    private readonly ValueReader _values = new(problems);

    [GeneratedRegex(NotifyKeys.UserPattern, RegexOptions.CultureInvariant)]
    private static partial Regex UserRegex { get; }

    public ImmutableArray<NotifyConfig> Read(YamlEntry entry)
    {
        var read = ImmutableArray.CreateBuilder<NotifyConfig>();
        var lines = new List<int>();
        foreach (var item in _values.Items(entry, (ListShape)NotifyKeys.Notify.Shape) ?? [])
        {
            if (item is not YamlMapping mapping)
            {
                if (item is not YamlInvalid)
                    problems.Error(item.Span with { Length = Math.Max(1, item.Span.Length) }, $"a notification is a mapping, found {ValueReader.Describe(item)}",
                        "write '- run: [/path/to/program]' and give the other keys the same indentation as 'run'");
                continue;
            }

            if (ReadOne(mapping) is not { } notify)
                continue;
            if (read.IndexOf(notify) is var same and >= 0)
                problems.Error(mapping.Span, $"the same notification stands in line {lines[same]} already", "remove one of the two");
            lines.Add(mapping.Span.Line);
            read.Add(notify);
        }

        return read.ToImmutable();
    }

    private NotifyConfig? ReadOne(YamlMapping mapping)
    {
        var keys = new MappingReader(mapping, NotifyKeys.Entry, problems);
        keys.ReportMissing("a notification");
        var (program, arguments) = keys.Find(NotifyKeys.Run) is { } run ? ReadRun(run) : (null, []);
        var on = keys.Find(NotifyKeys.On) is { } states ? ReadStates(states) : NotifyConfig.AllStates;
        var names = keys.Find(NotifyKeys.ForRouters) is { } list ? ReadNames(list) : [];
        var timeout = keys.Find(NotifyKeys.Timeout) is { } time ? ReadTimeout(time) : NotifyConfig.DefaultTimeout;
        var user = keys.Find(NotifyKeys.User) is { } who ? ReadUser(who) : null;
        return program is null
            ? null
            : new NotifyConfig { Program = program, Arguments = arguments, On = on, VirtualRouters = names, Timeout = timeout, User = user };
    }

    private (string? Program, ImmutableArray<NotifyTemplate> Arguments) ReadRun(YamlEntry entry)
    {
        if (entry.Value is YamlScalar { IsNull: false } line)
        {
            problems.Error(entry.ValueSpan, $"'run' takes {NotifyKeys.Run.Shape.Wanted}: there is no shell that would take {ValueReader.Describe(line)} apart",
                $"write [{string.Join(", ", Quote.Plain(line.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries))}], with quotes around what holds a brace");
            return (null, []);
        }

        if (_values.Items(entry, (ListShape)NotifyKeys.Run.Shape) is not { } items)
            return (null, []);
        if (items.Count == 0)
        {
            problems.Error(entry.ValueSpan, "'run' names no program", "write its absolute path first, for example [/usr/local/bin/on-change, \"{name}\", \"{state}\"]");
            return (null, []);
        }

        string? program = null;
        var arguments = ImmutableArray.CreateBuilder<NotifyTemplate>();
        for (var i = 0; i < items.Count; i++)
        {
            if (ReadText(items[i], entry) is not { } text)
                continue;
            if (i == 0)
                program = ReadProgram(text, items[i].Span);
            else if (ReadTemplate((YamlScalar)items[i], text) is { } template)
                arguments.Add(template);
        }

        return (program, arguments.ToImmutable());
    }

    private string? ReadText(YamlNode item, YamlEntry owner)
    {
        var span = ValueReader.ItemSpan(item, owner);
        switch (item)
        {
            case YamlScalar { IsNull: true }:
                problems.Error(span, "an argument of 'run' has no value", "write \"\" for an empty one");
                return null;
            case YamlScalar scalar when scalar.Text.Contains('\0', StringComparison.Ordinal):
                problems.Error(span, "an argument cannot hold a zero character");
                return null;
            case YamlScalar { Text.Length: > ConfigurationLimits.NotifyArgumentLength } scalar:
                problems.Error(span, $"this argument has {scalar.Text.Length} characters; the limit is {ConfigurationLimits.NotifyArgumentLength}");
                return null;
            case YamlScalar scalar:
                return scalar.Text;
            case YamlInvalid:
                return null;
            default:
                problems.Error(span, $"an argument of 'run' is text, found {ValueReader.Describe(item)}", item is YamlMapping ? QuoteRemedy : null);
                return null;
        }
    }

    private string? ReadProgram(string text, TextSpan span)
    {
        if (NotifyTemplate.Parse(text, out _) is not { HasPlaceholders: false })
        {
            problems.Error(span, "the program itself has no placeholders: what runs must not depend on what happens", "give them to it as arguments");
            return null;
        }

        if (!text.StartsWith('/') || text.EndsWith('/'))
        {
            problems.Error(span, $"{Quote.Show(text)} is not the absolute path of a program: nothing is searched, and there is no shell",
                text.Contains(' ', StringComparison.Ordinal)
                    ? "write the program and each argument as an item of its own"
                    : $"write where it is: 'command -v {Quote.Plain(text)}' tells for a program that the shell finds");
            return null;
        }

        if (check?.Invoke(text) is { } unfit)
            problems.Warning(span, $"on this machine {unfit.Message}: the notification would fail", unfit.Remedy);
        return text;
    }

    private NotifyTemplate? ReadTemplate(YamlScalar scalar, string text)
    {
        if (NotifyTemplate.Parse(text, out var fault) is { } template)
            return template;
        var span = Within(scalar, fault);
        if (fault.Placeholder is not { } name)
            problems.Error(span, $"the brace '{text[fault.Index]}' stands alone", "write it twice for the character itself");
        else
            problems.Error(span, $"unknown placeholder {Quote.Show($"{{{name}}}")}",
                Suggestion.For(name, NotifyTemplate.Names) is { } meant
                    ? $"did you mean '{{{meant}}}'?"
                    : $"the placeholders are {string.Join(", ", NotifyTemplate.Names.Select(known => $"{{{known}}}"))}; for a brace itself write it twice");
        return null;
    }

    /// <summary>Points at the placeholder itself where the text stands in the file as it is.</summary>
    private static TextSpan Within(YamlScalar scalar, TemplateFault fault)
    {
        var quotes = (scalar.Span.Length - scalar.Text.Length) switch { 0 => 0, 2 => 1, _ => -1 };
        return quotes < 0 ? scalar.Span : scalar.Span with { Column = scalar.Span.Column + quotes + fault.Index, Length = fault.Length };
    }

    private ImmutableArray<RouterState> ReadStates(YamlEntry entry)
    {
        var shape = (ListShape)NotifyKeys.On.Shape;
        var words = ((WordShape)shape.Item).Words;
        var states = ImmutableArray.CreateBuilder<RouterState>();
        var items = _values.AllItems(entry, shape);
        if (items is { Count: 0 })
            problems.Error(entry.ValueSpan, "'on' names no state, so that the program would never run", $"write {string.Join(", ", words)}, or leave it out for all of them");
        foreach (var item in items ?? [])
        {
            if (item is YamlInvalid)
                continue;
            var word = item is YamlScalar { IsNull: false } scalar ? scalar.Text : null;
            var state = NotifyConfig.AllStates.Where(known => NotifyConfig.Word(known) == word).ToArray();
            if (state.Length == 0)
                problems.Error(ValueReader.ItemSpan(item, entry), $"'on' takes {shape.Item.Wanted}, found {ValueReader.Describe(item)}", Meant(word, words));
            else if (states.Contains(state[0]))
                problems.Error(ValueReader.ItemSpan(item, entry), $"'{word}' is listed twice", "remove one of the two");
            else
                states.Add(state[0]);
        }

        return states.Count == 0 ? NotifyConfig.AllStates : states.ToImmutable();
    }

    /// <summary>What the state is called in other programs of the kind.</summary>
    private static string? Meant(string? word, ImmutableArray<string> words) => word?.ToLowerInvariant() switch
    {
        null => null,
        "master" or "primary" or "owner" => "did you mean 'active'?",
        "slave" or "secondary" or "standby" => "did you mean 'backup'?",
        "stop" or "stopped" or "init" or "deleted" => "did you mean 'initialize'?",
        _ => ValueReader.DidYouMean(word, words),
    };

    private ImmutableArray<string> ReadNames(YamlEntry entry)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var items = _values.Items(entry, (ListShape)NotifyKeys.ForRouters.Shape);
        if (items is { Count: 0 })
            problems.Error(entry.ValueSpan, "'virtual_routers' names none, so that the program would never run", "leave it out for all of them");
        // A virtual router whose name could not be read may be the one that is meant.
        var known = routers.Where(router => router.Name is not null).Select(router => router.Name!.Value.Value).ToHashSet(StringComparer.Ordinal);
        var isComplete = known.Count == routers.Count;
        foreach (var item in items ?? [])
        {
            var name = item is YamlScalar { IsNull: false } scalar ? scalar.Text : null;
            if (item is YamlInvalid)
                continue;
            if (name is null)
                problems.Error(ValueReader.ItemSpan(item, entry), $"'virtual_routers' takes names, found {ValueReader.Describe(item)}", "write [db]");
            else if (names.Contains(name))
                problems.Error(ValueReader.ItemSpan(item, entry), $"{Quote.Show(name)} is listed twice", "remove one of the two");
            else if (known.Contains(name))
                names.Add(name);
            else if (isComplete)
                problems.Error(ValueReader.ItemSpan(item, entry), $"there is no virtual router {Quote.Show(name)} in this file",
                    Suggestion.For(name, known) is { } meant ? $"did you mean '{meant}'?" : known.Count is > 0 and <= 10 ? $"there is {string.Join(", ", known.Order(StringComparer.Ordinal))}" : null);
        }

        return names.ToImmutable();
    }

    private TimeSpan ReadTimeout(YamlEntry entry)
    {
        var shape = (DurationShape)NotifyKeys.Timeout.Shape;
        return _values.Duration(entry, shape) is { } timeout && _values.IsInRange(entry, timeout, shape) ? timeout : NotifyConfig.DefaultTimeout;
    }

    private string? ReadUser(YamlEntry entry)
    {
        if (_values.Text(entry, NotifyKeys.User.Shape.Wanted) is not { } text)
            return null;
        if (UserRegex.IsMatch(text) && !text.EndsWith('\n'))
            return text;
        problems.Error(entry.ValueSpan, $"{Quote.Show(text)} cannot be a user", "write a user's name as in /etc/passwd, or its number");
        return null;
    }
}
