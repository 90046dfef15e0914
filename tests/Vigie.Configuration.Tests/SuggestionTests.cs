using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>Did you mean.</summary>
public sealed class SuggestionTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("priorty", "priority", 1)]
    [InlineData("prioirty", "priority", 1)]
    [InlineData("vird", "vrid", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void A_distance_counts_inserts_deletes_replacements_and_swaps(string left, string right, int distance)
    {
        Assert.Equal(distance, Suggestion.Distance(left, right));
        Assert.Equal(distance, Suggestion.Distance(right, left));
    }

    [Theory]
    [InlineData("priorty", "priority")]
    [InlineData("Priority", "priority")]
    [InlineData("peer", "peers")]
    [InlineData("advertisment_intervall", "advertisement_interval")]
    [InlineData("strict-addresses", "strict_addresses")]
    [InlineData("colour", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void The_nearest_word_is_suggested_when_it_is_near(string written, string? suggested) =>
        Assert.Equal(suggested, Suggestion.For(written, ["priority", "peers", "advertisement_interval", "strict_addresses", "vrid"]));
}
