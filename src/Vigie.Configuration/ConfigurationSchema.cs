using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigie.Configuration.Keys;
using Vigie.Configuration.Values;

namespace Vigie.Configuration;

/// <summary>
/// The configuration file as a JSON Schema (draft 7, which editors know), written from the reader's own table of keys.
/// It tells keys, types and ranges; rules that join several keys are the reader's alone.
/// </summary>
public static class ConfigurationSchema
{
    /// <summary>The schema, indented, ended by a line break.</summary>
    public static string Json { get; } = Write();

    private static string Write()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "http://json-schema.org/draft-07/schema#");
            writer.WriteString("title", "Vigie configuration");
            WriteShape(writer, KeyTable.Root);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void WriteShape(Utf8JsonWriter writer, ValueShape shape)
    {
        switch (shape)
        {
            case TextShape text:
                WriteTextType(writer, text);
                writer.WriteString("pattern", text.Pattern);
                break;
            case IntegerShape integer:
                writer.WriteString("type", "integer");
                writer.WriteNumber("minimum", integer.Minimum);
                writer.WriteNumber("maximum", integer.Maximum);
                break;
            case BooleanShape:
                writer.WriteString("type", "boolean");
                break;
            case DurationShape:
                writer.WriteString("type", "string");
                writer.WriteString("pattern", DurationText.Pattern);
                writer.WriteNumber("minLength", 2);
                break;
            case WordShape words:
                writer.WriteStartArray("enum");
                foreach (var word in words.Words)
                    writer.WriteStringValue(word);
                writer.WriteEndArray();
                break;
            case ListShape list:
                writer.WriteString("type", "array");
                writer.WriteNumber("minItems", list.MinimumItems);
                writer.WriteNumber("maxItems", list.MaximumItems);
                writer.WriteStartObject("items");
                WriteShape(writer, list.Item);
                writer.WriteEndObject();
                break;
            case MappingShape mapping:
                WriteMapping(writer, mapping);
                break;
            case ChoiceShape choice:
                writer.WriteStartArray("anyOf");
                foreach (var option in choice.Choices)
                {
                    writer.WriteStartObject();
                    WriteShape(writer, option);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"no schema for {shape.GetType().Name}");
        }
    }

    private static void WriteTextType(Utf8JsonWriter writer, TextShape text)
    {
        if (!text.MayBeDigits)
        {
            writer.WriteString("type", "string");
            return;
        }

        writer.WriteStartArray("type");
        writer.WriteStringValue("string");
        writer.WriteStringValue("integer");
        writer.WriteEndArray();
    }

    private static void WriteMapping(Utf8JsonWriter writer, MappingShape mapping)
    {
        writer.WriteString("type", "object");
        writer.WriteBoolean("additionalProperties", false);
        writer.WriteStartArray("required");
        foreach (var key in mapping.Keys)
            if (key.IsRequired)
                writer.WriteStringValue(key.Name);
        writer.WriteEndArray();
        writer.WriteStartObject("properties");
        foreach (var key in mapping.Keys)
        {
            writer.WriteStartObject(key.Name);
            writer.WriteString("description", key.Description);
            WriteShape(writer, key.Shape);
            if (key.DefaultJson is not null)
            {
                writer.WritePropertyName("default");
                writer.WriteRawValue(key.DefaultJson);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
