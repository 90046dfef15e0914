using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Contract;

/// <summary>Writes times as RFC 3339 in UTC with microseconds, always the same length; reads every RFC 3339 time.</summary>
internal sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
