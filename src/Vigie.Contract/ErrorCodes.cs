namespace Vigie.Contract;

/// <summary>The values of <see cref="ErrorDetail.Code"/>: stable words for programs, where the message is for people.</summary>
public static class ErrorCodes
{
    /// <summary>The configuration has errors (HTTP 422); the details hold one rendered problem each.</summary>
    public const string ConfigurationInvalid = "configuration_invalid";

    /// <summary>The daemon understood and will not do it (HTTP 403 or 409).</summary>
    public const string Refused = "refused";

    /// <summary>The daemon is too loaded to take the request now (HTTP 503).</summary>
    public const string Busy = "busy";

    /// <summary>A parameter of the request makes no sense (HTTP 400).</summary>
    public const string BadRequest = "bad_request";

    /// <summary>No such path (HTTP 404) or method (HTTP 405).</summary>
    public const string NotFound = "not_found";

    /// <summary>The daemon failed (HTTP 500).</summary>
    public const string Internal = "internal";
}
