namespace Vigie.Demo;

/// <summary>Tells the viewer what goes on: as a picture on a terminal, as plain lines elsewhere.</summary>
internal interface IDemoView : IDisposable
{
    /// <summary>A paragraph about what comes next.</summary>
    void Explain(string text);

    /// <summary>One thing that has just happened.</summary>
    void Happened(string text);
}
