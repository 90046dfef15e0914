using System.Runtime.InteropServices;

namespace Vigie.Linux;

/// <summary>
/// An errno value as something that can be shown: its symbolic name and the C library's words for it.
/// It is a value to report, not an exception; 0 is success.
/// </summary>
public readonly partial record struct LinuxError(int Value)
{
    public bool IsSuccess => Value == 0;

    /// <summary>"EPERM", or "errno 4711" for a number the kernel's table does not name.</summary>
    public string Name => Value == 0 ? "success" : NameOf(Value) ?? $"errno {Value}";

    /// <summary>The C library's words: "Operation not permitted".</summary>
    public string Text => Marshal.GetPInvokeErrorMessage(Value);

    /// <summary>"EPERM (Operation not permitted)".</summary>
    public override string ToString() => Value == 0 ? Name : $"{Name} ({Text})";
}
