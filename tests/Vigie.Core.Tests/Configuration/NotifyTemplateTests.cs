using CsCheck;
using Vigie.Core.Configuration;
using Xunit;

namespace Vigie.Core.Tests.Configuration;

/// <summary>Arguments of notifications: placeholders, escapes, and the place of every mistake.</summary>
public sealed class NotifyTemplateTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("{name}", "<name>")]
    [InlineData("{name}{state}", "<name><state>")]
    [InlineData("a {previous}->{state} b", "a <previous>-><state> b")]
    [InlineData("{reason} {node} {vrid} {interface} {addresses}", "<reason> <node> <vrid> <interface> <addresses>")]
    [InlineData("{{name}}", "{name}")]
    [InlineData("{{{name}}}", "{<name>}")]
    [InlineData("{{}}", "{}")]
    public void A_template_puts_the_values_in(string text, string rendered)
    {
        var template = NotifyTemplate.Parse(text, out _);

        Assert.NotNull(template);
        Assert.Equal(rendered, template.Render(placeholder => $"<{placeholder.ToString().ToLowerInvariant()}>"));
        Assert.Equal(rendered.Contains('<', StringComparison.Ordinal), template.HasPlaceholders);
    }

    [Theory]
    [InlineData("{nmae}", 0, 6, "nmae")]
    [InlineData("ab{Name}", 2, 6, "Name")]
    [InlineData("{}", 0, 2, "")]
    [InlineData("{{x}", 3, 1, null)]
    [InlineData("{name", 0, 1, null)]
    [InlineData("name}", 4, 1, null)]
    [InlineData("{name}}", 6, 1, null)]
    public void A_mistake_has_its_place(string text, int index, int length, string? placeholder)
    {
        Assert.Null(NotifyTemplate.Parse(text, out var fault));
        Assert.Equal(new TemplateFault(index, length, placeholder), fault);
    }

    [Fact]
    public void A_value_is_never_read_again() =>
        Assert.Equal("{state}", NotifyTemplate.Parse("{name}", out _)!.Render(_ => "{state}"));

    [Fact]
    public void Every_text_is_a_template_or_has_a_fault_within_it() => Gen.OneOf(Gen.Const("{"), Gen.Const("}"), Gen.Const("name"), Gen.String[0, 3]).Array[0, 8].Sample(pieces =>
    {
        var text = string.Concat(pieces);
        var template = NotifyTemplate.Parse(text, out var fault);
        return template is not null ? template.Render(_ => "") is not null : fault.Length > 0 && fault.Index >= 0 && fault.Index + fault.Length <= text.Length;
    });
}
