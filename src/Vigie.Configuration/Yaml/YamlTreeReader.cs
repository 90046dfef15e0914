using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vigie.Configuration.Yaml;

/// <summary>
/// Builds the tree from the parser's events, without recursion and without reflection. Whatever a configuration does not
/// need (anchors, aliases, tags, several documents) is refused here, so a small file can never grow in memory.
/// A syntax error ends the reading; what was read before it is kept, so that its problems are reported too.
/// </summary>
internal sealed class YamlTreeReader
{
    private readonly ProblemList _problems;
    private readonly Stack<OpenNode> _open = new();
    private readonly string _text;
    private YamlNode? _root;
    private int _tooDeep;
    private TextSpan _lastPlace = new(1, 1, 1);

    private YamlTreeReader(string text, ProblemList problems)
    {
        _text = text;
        _problems = problems;
    }

    /// <summary>The root of the first document; null when there is none.</summary>
    public static YamlNode? Read(string text, ProblemList problems)
    {
        var reader = new YamlTreeReader(text, problems);
        if (!reader.ReadEvents(new Parser(new StringReader(text))))
            MarkLastIncomplete(reader._root);
        return reader._root;
    }

    /// <summary>False when a syntax error ended the reading.</summary>
    private bool ReadEvents(Parser parser)
    {
        var documents = 0;
        while (true)
        {
            bool hasNext;
            try
            {
                hasNext = parser.MoveNext();
            }
            catch (YamlException exception)
            {
                SyntaxProblem.Report(exception, _text, _problems);
                return false;
            }
#pragma warning disable CA1031 // The parser throws other exceptions too for some broken texts; all mean that the text is not YAML.
            catch (Exception)
#pragma warning restore CA1031
            {
                SyntaxProblem.ReportAfter(_lastPlace, _open.Select(open => open.Node.Span).FirstOrDefault(), _text, _problems);
                return false;
            }

            if (!hasNext)
                return true;
            var current = parser.Current!;
            _lastPlace = Span(current);
            if (current is DocumentStart && ++documents > 1)
            {
                _problems.Error(Span(current), "the file holds more than one YAML document",
                    "keep one document; put every virtual router under 'virtual_routers'");
                return true;
            }

            Accept(current);
        }
    }

    private void Accept(ParsingEvent current)
    {
        switch (current)
        {
            case Scalar scalar:
                RefuseProperties(scalar);
                if (_tooDeep == 0)
                    Place(new YamlScalar(Span(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain));
                break;
            case AnchorAlias alias:
                _problems.Error(Span(alias), "aliases are not supported", "write the value out here");
                if (_tooDeep == 0)
                    Place(new YamlInvalid(Span(alias)));
                break;
            case SequenceStart sequence:
                RefuseProperties(sequence);
                Open(new YamlSequence(Span(sequence)));
                break;
            case MappingStart mapping:
                RefuseProperties(mapping);
                // A flow mapping starts with a brace; a block mapping with its first key, which then stands for it.
                Open(new YamlMapping(Span(mapping) with { Length = mapping.Style == MappingStyle.Flow ? 1 : 0 }));
                break;
            case SequenceEnd or MappingEnd:
                Close();
                break;
        }
    }

    private void RefuseProperties(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            _problems.Error(Span(node), "anchors are not supported", "remove the '&' and its name; write each value where it is used");
        if (!node.Tag.IsEmpty)
            _problems.Error(Span(node), "tags are not supported", "remove the '!' and its word; Vigie knows the type of every key");
    }

    private void Open(YamlNode node)
    {
        if (_tooDeep > 0 || _open.Count >= ConfigurationLimits.Depth)
        {
            if (_tooDeep++ == 0)
            {
                _problems.Error(node.Span, $"lists and mappings are nested more than {ConfigurationLimits.Depth} deep",
                    "no configuration needs that; check brackets and indentation");
                Place(new YamlInvalid(node.Span));
            }

            return;
        }

        // Placed at once, not when it is complete: if the file breaks off inside, the tree still holds what came before.
        Place(node);
        _open.Push(new OpenNode(node));
    }

    private void Close()
    {
        if (_tooDeep > 0)
            _tooDeep--;
        else
            _open.Pop();
    }

    /// <summary>
    /// After a syntax error, every mapping that was last on its level may lack keys that stand further down. (A line
    /// with the wrong indentation closes blocks before the parser complains, so open nodes alone do not tell.)
    /// </summary>
    private static void MarkLastIncomplete(YamlNode? node)
    {
        while (node is not null)
        {
            (node as YamlMapping)?.MarkIncomplete();
            node = node switch
            {
                YamlMapping { Entries.Count: > 0 } mapping => mapping.Entries[^1].Value,
                YamlSequence { Items.Count: > 0 } sequence => sequence.Items[^1],
                _ => null,
            };
        }
    }

    /// <summary>Puts a node where the innermost open list or mapping expects it.</summary>
    private void Place(YamlNode node)
    {
        if (_open.Count == 0)
        {
            _root ??= node;
            return;
        }

        var parent = _open.Peek();
        switch (parent.Node)
        {
            case YamlSequence sequence:
                sequence.Items.Add(node);
                break;
            case YamlMapping mapping when parent.ExpectsValue:
                parent.ExpectsValue = false;
                if (parent.Key is not null)
                    mapping.Add(new YamlEntry(parent.Key, node));
                break;
            case YamlMapping:
                parent.ExpectsValue = true;
                parent.Key = node as YamlScalar;
                if (node is YamlSequence or YamlMapping)
                    _problems.Error(node.Span, "a key must be a word, not a list or a mapping", "write 'key: value'");
                break;
        }
    }

    private TextSpan Span(ParsingEvent current)
    {
        var start = current.Start;
        var length = current.End.Line == start.Line
            ? current.End.Column - start.Column
            : LineEnd((int)start.Index) - start.Index;
        return new TextSpan((int)start.Line, (int)start.Column, (int)Math.Max(0, length));
    }

    private int LineEnd(int index)
    {
        index = Math.Clamp(index, 0, _text.Length);
        var end = _text.AsSpan(index).IndexOfAny('\r', '\n');
        return end < 0 ? _text.Length : index + end;
    }

    /// <summary>A list or mapping whose end has not come yet; a mapping alternates between key and value.</summary>
    private sealed class OpenNode(YamlNode node)
    {
        public YamlNode Node => node;

        public bool ExpectsValue { get; set; }

        public YamlScalar? Key { get; set; }
    }
}
