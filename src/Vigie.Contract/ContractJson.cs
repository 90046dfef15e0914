using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Contract;

/// <summary>
/// The JSON form of every document: snake_case names, times in RFC 3339, generated at build time so that nothing is
/// looked up by reflection. Readers ignore keys they do not know. The generated code passes null for a key that is missing,
/// which is why optional properties of the documents put their default back themselves.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(Rfc3339Converter)])]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(EventsDocument))]
[JsonSerializable(typeof(ReloadResult))]
[JsonSerializable(typeof(AsideResult))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(VersionDocument))]
public sealed partial class ContractJson : JsonSerializerContext
{
    /// <summary>
    /// The same documents with quotes and accents left readable. The default escapes them for the case that JSON is
    /// pasted into a web page, which nobody does with a Unix socket or a log line.
    /// </summary>
    public static ContractJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
