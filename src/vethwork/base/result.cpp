#include <vethwork/base/result.hpp>

#include <cerrno>
#include <cstring>

namespace vethwork {

std::string Error::describe() const {
    std::string text = attempt;
    auto const add = [&text](std::string const& more) {
        if (more.empty()) return;
        if (!text.empty()) text += ": ";
        text += more;
    };
    add(kernel_text);
    if (kernel_text.empty() && code != 0) add(std::strerror(code));
    if (!attribute.empty()) text += " (at " + attribute + ")";
    if (!hint.empty()) text += "; " + hint;
    return text;
}

Error system_error(std::string attempt, std::string hint) {
    return system_error(errno, std::move(attempt), std::move(hint));
}

Error system_error(int code, std::string attempt, std::string hint) {
    return {.fault = Fault::system, .attempt = std::move(attempt), .code = code, .hint = std::move(hint)};
}

Error usage_error(std::string what, std::string hint) {
    return {.fault = Fault::usage, .attempt = std::move(what), .hint = std::move(hint)};
}

Error lookup_error(std::string what, std::string hint) {
    return lookup_error(0, std::move(what), std::move(hint));
}

Error lookup_error(int code, std::string what, std::string hint) {
    return {.fault = Fault::lookup, .attempt = std::move(what), .code = code, .hint = std::move(hint)};
}

Error malformed_error(std::string what, std::string hint) {
    return {.fault = Fault::malformed, .attempt = std::move(what), .hint = std::move(hint)};
}

}  // namespace vethwork
