// Facts about attributes as tables: one row (member, type, name) serves encoding, decoding, error text and
// traces.
//
//     constexpr Table<Vlan, 2> vlan_table{{{
//         field<&Vlan::id>(IFLA_VLAN_ID, "IFLA_VLAN_ID"),
//         field<&Vlan::protocol, NetworkOrder>(IFLA_VLAN_PROTOCOL, "IFLA_VLAN_PROTOCOL"),
//     }}};
//
// Members are std::optional: what is absent is not sent, what is not received stays absent.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::netlink {

/// How a value lies in an attribute: write() appends it, read() is false where the length or content is
/// wrong.
struct HostOrder {
    template <class T>
    requires std::integral<T> || std::is_enum_v<T>
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name, T value) {
        to.value(type, name, value);
    }
    template <class T>
    requires std::integral<T> || std::is_enum_v<T>
    static bool read(Bytes bytes, T& value) {
        if (bytes.size() != sizeof(T)) return false;
        if constexpr (std::same_as<T, bool>)
            value = bytes[0] != 0;
        else
            std::memcpy(&value, bytes.data(), sizeof(T));
        return true;
    }
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      std::string const& value) {
        to.text(type, name, value);
    }
    static bool read(Bytes bytes, std::string& value) {
        value = as_text(bytes);
        value.resize(std::strlen(value.c_str()));
        return true;
    }
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name, IpAddress const& value) {
        to.attribute(type, name, value.bytes());
    }
    static bool read(Bytes bytes, IpAddress& value) {
        auto const address = IpAddress::from_bytes(bytes);
        if (address) value = *address;
        return address.has_value();
    }
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      LinkAddress const& value) {
        to.attribute(type, name, value.bytes());
    }
    static bool read(Bytes bytes, LinkAddress& value) {
        auto const address = LinkAddress::from_bytes(bytes);
        if (address) value = *address;
        return address.has_value();
    }
    /// A link goes over the wire as its index.
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      topology::LinkRef const& value) {
        to.value(type, name, value.index);
    }
    static bool read(Bytes bytes, topology::LinkRef& value) { return read(bytes, value.index); }
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      std::vector<std::uint8_t> const& value) {
        to.attribute(type, name, value);
    }
    static bool read(Bytes bytes, std::vector<std::uint8_t>& value) {
        value.assign(bytes.begin(), bytes.end());
        return true;
    }
    /// A plain struct of the kernel's own layout; a newer kernel may send a longer one.
    template <class T>
    requires(std::is_class_v<T>&& std::is_trivially_copyable_v<T>&&
                 std::is_standard_layout_v<T>) static void write(MessageWriter& to, std::uint16_t type,
                                                                 std::string_view name, T const& value) {
        to.value(type, name, value);
    }
    template <class T>
    requires(std::is_class_v<T>&& std::is_trivially_copyable_v<T>&&
                 std::is_standard_layout_v<T>) static bool read(Bytes bytes, T& value) {
        std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof(T)));
        return true;
    }
};

/// Integers in network byte order (ports, VLAN protocols).
struct NetworkOrder {
    template <std::integral T>
    static T swapped(T value) {
        if constexpr (std::endian::native == std::endian::little) {
            if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(value));
            if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(value));
            if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(value));
        }
        return value;
    }
    template <std::integral T>
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name, T value) {
        to.value(type, name, swapped(value));
    }
    template <std::integral T>
    static bool read(Bytes bytes, T& value) {
        if (!HostOrder::read(bytes, value)) return false;
        value = swapped(value);
        return true;
    }
};

/// A bool that is an attribute without payload: there means true.
struct Presence {
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name, bool value) {
        if (value) to.attribute(type, name, {});
    }
    static bool read(Bytes, bool& value) {
        value = true;
        return true;
    }
};

/// One attribute of an Owner.
template <class Owner>
struct Row {
    std::uint16_t type;
    std::string_view name;
    void (*write)(Owner const&, MessageWriter&, std::uint16_t type, std::string_view name);
    bool (*read)(Owner&, Bytes);
};

template <class Owner, class Value>
struct MemberFacts {
    using OwnerType = Owner;
    using ValueType = Value;
};
template <class Owner, class Value>
MemberFacts<Owner, Value> member_facts(std::optional<Value> Owner::*);

/// The row of a std::optional member that Owner has or inherits; `Form` says how the value lies in the
/// attribute.
template <class Owner, auto Member, class Form = HostOrder>
constexpr Row<Owner> field_of(std::uint16_t type, std::string_view name) {
    using Value = typename decltype(member_facts(Member))::ValueType;
    return {type, name,
            [](Owner const& owner, MessageWriter& to, std::uint16_t t, std::string_view n) {
                if (owner.*Member) Form::write(to, t, n, *(owner.*Member));
            },
            [](Owner& owner, Bytes bytes) {
                Value value{};
                if (!Form::read(bytes, value)) return false;
                owner.*Member = std::move(value);
                return true;
            }};
}

/// The same, of the struct that the member stands in.
template <auto Member, class Form = HostOrder>
constexpr auto field(std::uint16_t type, std::string_view name) {
    return field_of<typename decltype(member_facts(Member))::OwnerType, Member, Form>(type, name);
}

/// A nested set of attributes: a std::optional member with a table of its own.
template <auto const& Inner>
struct Nested {
    template <class T>
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name, T const& value) {
        auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
        Inner.write(value, to);
        to.end_nest(nest);
    }
    template <class T>
    static bool read(Bytes bytes, T& value) {
        return !Inner.read(bytes, value, "nested attributes");
    }
};

/// The rows of one kind of object.
template <class Owner, std::size_t N>
struct Table {
    std::array<Row<Owner>, N> rows;
    std::array<std::uint8_t, 256> places;  ///< by type: 1 + the place in `rows`, 0 for none

    /// Appends every present member, in the order of the rows.
    void write(Owner const& owner, MessageWriter& to) const {
        for (auto const& row : rows)
            if (row.write) row.write(owner, to, row.type, row.name);
    }
    /// Fills `owner` from a stream; unknown attributes are passed over. The error names what breaks.
    [[nodiscard]] std::optional<Error> read(Bytes stream, Owner& owner, std::string_view object) const {
        AttributeReader attributes(stream);
        while (auto const attribute = attributes.next()) {
            Row<Owner> const* const row = find(attribute->type);
            if (row && row->read && !row->read(owner, attribute->payload)) return broken(object, row->name);
        }
        if (attributes.failed()) return broken(object, "the attributes' lengths");
        return {};
    }
    [[nodiscard]] std::string_view name_of(std::uint16_t type) const {
        auto const* const row = find(type);
        return row ? row->name : std::string_view{};
    }

private:
    [[nodiscard]] Row<Owner> const* find(std::uint16_t type) const {
        std::size_t const place = type < places.size() ? places[type] : 0;
        return place == 0 ? nullptr : &rows[place - 1];
    }
    static Error broken(std::string_view object, std::string_view name) {
        Error error =
            malformed_error("decode " + std::string(object) + ": an attribute of the wrong length or value");
        error.attribute = name;
        return error;
    }
};

/// A table whose size is counted from its rows.
template <class Owner, class... Rows>
constexpr auto make_table(Rows... rows) {
    static_assert(sizeof...(Rows) < 255);
    Table<Owner, sizeof...(Rows)> table{{rows...}, {}};
    for (std::size_t i = sizeof...(Rows); i > 0; --i)
        table.places[table.rows[i - 1].type] = static_cast<std::uint8_t>(i);
    return table;
}

}  // namespace vethwork::netlink
