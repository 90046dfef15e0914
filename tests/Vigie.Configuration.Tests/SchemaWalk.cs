using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vigie.Configuration.Yaml;

namespace Vigie.Configuration.Tests;

/// <summary>
/// The part of JSON Schema that our schema uses, written for this test alone and independent of the reader: a YAML value
/// has the type that YAML 1.2's core schema gives it.
/// </summary>
internal static class SchemaWalk
{
    public static IEnumerable<string> Violations(YamlNode node, JsonElement schema, string name)
    {
        foreach (var keyword in schema.EnumerateObject())
            foreach (var violation in Violations(node, schema, keyword, name))
                yield return violation;
    }

    private static IEnumerable<string> Violations(YamlNode node, JsonElement schema, JsonProperty keyword, string name)
    {
        switch (keyword.Name)
        {
            case "$schema" or "title" or "description" or "default":
                return [];
            case "type":
                var types = keyword.Value.ValueKind == JsonValueKind.Array
                    ? keyword.Value.EnumerateArray().Select(type => type.GetString()!).ToArray()
                    : [keyword.Value.GetString()!];
                return types.Contains(TypeOf(node)) ? [] : [$"{name} is {TypeOf(node)}"];
            case "minimum":
                return Number(node) < keyword.Value.GetInt64() ? [$"{name} is too small"] : [];
            case "maximum":
                return Number(node) > keyword.Value.GetInt64() ? [$"{name} is too large"] : [];
            case "pattern":
                return TypeOf(node) == "string" && !Regex.IsMatch(((YamlScalar)node).Text, keyword.Value.GetString()!)
                    ? [$"{name} has the wrong form"]
                    : [];
            case "minLength":
                return TypeOf(node) == "string" && ((YamlScalar)node).Text.Length < keyword.Value.GetInt32() ? [$"{name} is too short"] : [];
            case "enum":
                return node is YamlScalar word && keyword.Value.EnumerateArray().Any(value => value.GetString() == word.Text) ? [] : [$"{name} is none of the words"];
            case "anyOf":
                return keyword.Value.EnumerateArray().Any(option => !Violations(node, option, name).Any()) ? [] : [$"{name} has none of its forms"];
            case "minItems":
                return node is YamlSequence few && few.Items.Count < keyword.Value.GetInt32() ? [$"{name} has too few items"] : [];
            case "maxItems":
                return node is YamlSequence many && many.Items.Count > keyword.Value.GetInt32() ? [$"{name} has too many items"] : [];
            case "items":
                return node is YamlSequence list ? list.Items.SelectMany(item => Violations(item, keyword.Value, $"item of {name}")) : [];
            case "required":
                return node is YamlMapping present
                    ? keyword.Value.EnumerateArray().Select(key => key.GetString()!)
                        .Where(key => !present.Entries.Exists(entry => entry.Key.Text == key)).Select(key => $"{key} is missing")
                    : [];
            case "additionalProperties":
                return node is YamlMapping all
                    ? all.Entries.Where(entry => !schema.GetProperty("properties").TryGetProperty(entry.Key.Text, out _))
                        .Select(entry => $"{entry.Key.Text} is not allowed")
                    : [];
            case "properties":
                return node is YamlMapping mapping
                    ? mapping.Entries.Where(entry => keyword.Value.TryGetProperty(entry.Key.Text, out _))
                        .SelectMany(entry => Violations(entry.Value, keyword.Value.GetProperty(entry.Key.Text), entry.Key.Text))
                    : [];
            default:
                throw new InvalidOperationException($"the walk does not know the keyword '{keyword.Name}'");
        }
    }

    private static string TypeOf(YamlNode node) => node switch
    {
        YamlMapping => "object",
        YamlSequence => "array",
        YamlScalar { IsNull: true } => "null",
        YamlScalar { IsPlain: true } scalar when Regex.IsMatch(scalar.Text, "^[-+]?[0-9]+$") => "integer",
        YamlScalar { IsPlain: true, Text: "true" or "false" } => "boolean",
        _ => "string",
    };

    private static long? Number(YamlNode node) =>
        TypeOf(node) == "integer" ? long.Parse(((YamlScalar)node).Text, CultureInfo.InvariantCulture) : null;
}
