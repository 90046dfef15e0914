using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Vigie.Cli.Rendering;

/// <summary>Draws to text, with or without colour, so that what is shown can be compared, cut to a window, or piped.</summary>
internal sealed class Canvas
{
    /// <summary>A width at which nothing is wrapped.</summary>
    public const int Unbounded = 10_000;

    private readonly StringBuilder _text = new();
    private readonly IAnsiConsole _console;
    private readonly int _width;

    public Canvas(int width, bool hasColor)
    {
        _width = width;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColor ? AnsiSupport.Yes : AnsiSupport.No,
            // The sixteen colours that people choose for their terminal themselves.
            ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(new StringWriter(_text)),
        });
        _console.Profile.Width = width;
        _console.Profile.Capabilities.Unicode = true;
    }

    public void Draw(IRenderable shape) => _console.Write(shape);

    /// <summary>A line that is not wrapped: a terminal does that itself, and a pipe wants it whole.</summary>
    public void Line(string text, Style? style = null)
    {
        _console.Profile.Width = Unbounded;
        _console.Write(new Text(text, style ?? Style.Plain));
        _console.Profile.Width = _width;
        _text.Append('\n');
    }

    /// <summary>What was drawn, without blanks at line ends.</summary>
    public override string ToString() =>
        string.Join('\n', _text.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd(' ')));
}
