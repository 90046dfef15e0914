namespace Vigie.Configuration;

/// <summary>Says why a program could not be run on this machine as it is now; null when it could.</summary>
/// <param name="path">Its absolute path.</param>
public delegate UnfitProgram? ProgramCheck(string path);
