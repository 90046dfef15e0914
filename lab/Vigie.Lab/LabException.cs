namespace Vigie.Lab;

/// <summary>The lab itself could not do what was asked: a tool failed, a deadline passed, a safety check refused.</summary>
public sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
