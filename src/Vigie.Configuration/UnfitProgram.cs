namespace Vigie.Configuration;

/// <summary>Why a program cannot be run.</summary>
/// <param name="Message">What is wrong, as the end of a sentence: "/usr/local/bin/x does not exist".</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record UnfitProgram(string Message, string Remedy);
