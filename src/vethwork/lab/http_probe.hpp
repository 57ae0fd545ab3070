// Whether a page is served, without any other program. Source: RFC 9112.
#pragma once

#include <string>
#include <string_view>

#include <vethwork/base/result.hpp>

namespace vethwork::lab {

/// What a URL asks whom for.
struct HttpTarget {
    std::string host = "127.0.0.1";  ///< a name or an address; with a port behind : where one is written
    std::string path = "/";

    bool operator==(HttpTarget const&) const = default;
};

/// http://HOST[:PORT][/PATH], or /PATH at this node itself; https is beyond us.
[[nodiscard]] Result<HttpTarget> parse_http_url(std::string_view url);

/// Asks for it here and now, for at most a second: whether the answer's status is 200 to 399.
[[nodiscard]] bool is_served(std::string const& url);

}  // namespace vethwork::lab
