// What an operation on the world returns: a value, or an Error that is complete where it is born.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace vethwork {

/// Whose fault an error is. The program maps it to an exit status; libraries never do.
enum class Fault {
    usage,      ///< the words or arguments given make no sense
    lookup,     ///< a named thing (device, namespace, file, user) is not there
    kernel,     ///< the kernel refused a netlink request
    system,     ///< a system call failed
    malformed,  ///< foreign bytes (a reply, a packet, a file) break their format
    limit,      ///< a limit of the machine or of this program is reached
};

/// What was attempted, on what, what the kernel said, and what to do about it.
struct Error {
    Fault fault = Fault::system;
    std::string attempt;      ///< what was attempted and on what: "open namespace \"vnet\""
    int code = 0;             ///< errno (positive), 0 where there is none
    std::string kernel_text;  ///< the kernel's extended-ack text, word for word (NLMSGERR_ATTR_MSG)
    std::string attribute;    ///< the attribute at fault, by name: "IFLA_MTU" (NLMSGERR_ATTR_OFFS)
    std::string hint;         ///< one sentence on what would help, or empty

    /// The whole story on one line: attempt, reason, attribute, hint.
    [[nodiscard]] std::string describe() const;

    bool operator==(Error const&) const = default;
};

/// An Error from the present errno; call it before anything can change errno.
[[nodiscard]] Error system_error(std::string attempt, std::string hint = {});
[[nodiscard]] Error system_error(int code, std::string attempt, std::string hint = {});
[[nodiscard]] Error usage_error(std::string what, std::string hint = {});
[[nodiscard]] Error lookup_error(std::string what, std::string hint = {});
[[nodiscard]] Error lookup_error(int code, std::string what, std::string hint = {});
[[nodiscard]] Error malformed_error(std::string what, std::string hint = {});

/// A T or an Error; it cannot be dropped, and value() of an error is a bug that ends the program.
template <class T = void>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] T const& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T value() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] Error const& error() const& { return std::get<1>(state_); }
    [[nodiscard]] Error error() && { return std::get<1>(std::move(state_)); }
    T* operator->() { return &value(); }
    T const* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    T const& operator*() const& { return value(); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    void value() const { (void)std::get<0>(state_); }
    [[nodiscard]] Error const& error() const& { return std::get<1>(state_); }
    [[nodiscard]] Error error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<std::monostate, Error> state_;
};

}  // namespace vethwork

/// The value of a Result; where it is an error, returns that error from the enclosing function. Calls may
/// nest.
#define TRY(expression) VETHWORK_TRY(expression, VETHWORK_JOIN(try_result_, __COUNTER__))
#define VETHWORK_JOIN_NOW(left, right) left##right
#define VETHWORK_JOIN(left, right) VETHWORK_JOIN_NOW(left, right)
#define VETHWORK_TRY(expression, name)                  \
    ({                                                  \
        auto name = (expression);                       \
        if (!name.ok()) return std::move(name).error(); \
        std::move(name).value();                        \
    })
