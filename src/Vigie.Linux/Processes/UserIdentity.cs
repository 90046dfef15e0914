using System.Globalization;
using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>A user of this machine, as the C library knows it: from files, a directory service, or whatever it asks.</summary>
/// <param name="Name">The login name.</param>
/// <param name="User">The user's number.</param>
/// <param name="Group">The number of its first group.</param>
public sealed unsafe record UserIdentity(string Name, uint User, uint Group)
{
    private const int LargestEntry = 64 * 1024;

    /// <summary>The user that this process acts as.</summary>
    public static uint Own => Libc.geteuid();

    /// <summary>The same as an identity; it need not be known to the machine by a name.</summary>
    public static UserIdentity Itself => new(Own.ToString(CultureInfo.InvariantCulture), Own, Libc.getegid());

    /// <summary>Looks a name or a number up; null when there is no such user. It may take as long as a directory service does.</summary>
    public static UserIdentity? Find(string nameOrNumber)
    {
        var buffer = (byte*)NativeMemory.Alloc(LargestEntry);
        try
        {
            UserEntry entry;
            UserEntry* found = null;
            var errno = uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? Libc.getpwuid_r(number, &entry, buffer, LargestEntry, &found)
                : Libc.getpwnam_r(nameOrNumber, &entry, buffer, LargestEntry, &found);
            // "Not found" comes as success without a result, or as one of several errors (getpwnam(3)).
            if (found is not null)
                return new UserIdentity(Marshal.PtrToStringUTF8((nint)entry.Name)!, entry.User, entry.Group);
            return errno is 0 or Errno.ENOENT or Errno.ESRCH or Errno.EBADF or Errno.EPERM ? null : throw new LinuxException("getpwnam_r", new LinuxError(errno));
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }
}
