// The kernel's own description of its types (BTF): where a member stands in a struct, what an enum's values
// are called, how many arguments a tracepoint has. Source: Documentation/bpf/btf.rst, <linux/btf.h>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <vethwork/base/bytes.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::observe {

/// Kinds of types that can be looked for by name (BTF_KIND_…).
enum class BtfKind : std::uint8_t { structure = 4, enumeration = 6, type_name = 8 };

/// A type by its number in the file; 0 is void.
using BtfType = std::uint32_t;

struct BtfMember {
    std::uint32_t offset = 0;  ///< bytes from the beginning of the struct
    BtfType type = 0;

    bool operator==(BtfMember const&) const = default;
};

struct BtfEnumValue {
    std::string name;
    std::uint32_t number = 0;

    bool operator==(BtfEnumValue const&) const = default;
};

class Btf {
public:
    /// Takes the bytes of a file; finds the beginning of every type, checks the rest when it is asked for.
    [[nodiscard]] static Result<Btf> parse(std::string bytes);
    /// /sys/kernel/btf/vmlinux. The error's hint says what a kernel without it lacks.
    [[nodiscard]] static Result<Btf> of_kernel();

    [[nodiscard]] std::optional<BtfType> find(BtfKind kind, std::string_view name) const;
    /// A member of a struct or union, also of nameless ones inside it. Bit fields have none.
    [[nodiscard]] std::optional<BtfMember> member(BtfType owner, std::string_view name) const;
    /// What a pointer points to.
    [[nodiscard]] std::optional<BtfType> pointee(BtfType pointer) const;
    [[nodiscard]] std::vector<BtfEnumValue> enum_values(BtfType enumeration) const;
    /// The types of the parameters of a function, or of a pointer to one, or of a name for that.
    [[nodiscard]] std::optional<std::vector<BtfType>> parameters(BtfType function) const;

    [[nodiscard]] std::size_t size() const { return places_.size(); }

private:
    struct Type;  // of the file
    Btf() = default;
    [[nodiscard]] std::optional<Error> index_types();
    [[nodiscard]] std::optional<Type> type(BtfType number) const;
    /// The type behind names and qualifiers.
    [[nodiscard]] std::optional<Type> plain(BtfType number) const;
    [[nodiscard]] bool is_called(std::uint32_t name, std::string_view text) const;
    [[nodiscard]] std::string_view text(std::uint32_t name) const;
    [[nodiscard]] std::optional<BtfMember> member_in(Type const& owner, std::string_view name, int depth,
                                                     int& patience) const;

    std::string bytes_;
    std::string_view types_, strings_;   // parts of bytes_
    std::vector<std::uint32_t> places_;  // in types_, by number; of 0 none
};

}  // namespace vethwork::observe
