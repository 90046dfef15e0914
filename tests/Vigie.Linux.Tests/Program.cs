// Runs the tests, or, when a test starts this executable as a child, plays the part that it names.
using Vigie.Linux.Tests.Children;
using Xunit.Runner.InProc.SystemConsole;

return args is ["child", var part] ? Child.Play(part) : await ConsoleRunner.Run(args);
