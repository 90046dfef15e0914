namespace Vigie.Cli.Api;

/// <summary>What came back from the daemon: a document, or why there is none.</summary>
/// <param name="Value">The document; null when there is a failure.</param>
/// <param name="Body">The document as it came, for passing it on.</param>
/// <param name="Failure">Null when there is a document.</param>
internal sealed record Answer<T>(T? Value, string Body, Failure? Failure)
    where T : class
{
    public static Answer<T> Of(Failure failure) => new(null, "", failure);
}
