#include <vethwork/observe/btf.hpp>

#include <fcntl.h>
#include <linux/btf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vethwork/base/fd.hpp>

namespace vethwork::observe {

namespace {

constexpr char const* kernel_file = "/sys/kernel/btf/vmlinux";
constexpr int deepest = 8;           // nameless structs inside nameless structs
constexpr int longest_chain = 32;    // names and qualifiers before a type
constexpr int most_members = 20000;  // looked at in one search; the kernel's largest structs have hundreds

/// How many bytes follow the header of a type: `each` for every of its members, and `once`.
struct Tail {
    std::uint8_t once, each;
};

/// By BTF_KIND_…; of kinds beyond, nothing is known, not even their size.
constexpr Tail tails[] = {
    {0, 0},                        // no such kind
    {4, 0},                        // integer
    {0, 0},                        // pointer
    {sizeof(btf_array), 0},        // array
    {0, sizeof(btf_member)},       // struct
    {0, sizeof(btf_member)},       // union
    {0, sizeof(btf_enum)},         // enum
    {0, 0},                        // forward declaration
    {0, 0},                        // typedef
    {0, 0},                        // volatile
    {0, 0},                        // const
    {0, 0},                        // restrict
    {0, 0},                        // function
    {0, sizeof(btf_param)},        // function prototype
    {4, 0},                        // variable
    {0, sizeof(btf_var_secinfo)},  // section
    {0, 0},                        // float
    {4, 0},                        // tag of a declaration
    {0, 0},                        // tag of a type
    {0, 12},                       // enum of 64 bits
};

Error broken(std::string what) { return malformed_error("read type information (BTF): " + what); }

/// A file of sysfs whole, by its size: it is of many megabytes.
Result<std::string> read_sized(char const* path) {
    Fd const file = TRY(open_file(path, O_RDONLY));
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return system_error(std::string("read \"") + path + "\"");
    std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        auto const size = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (size < 0) return system_error(std::string("read \"") + path + "\"");
        if (size == 0) break;
        filled += static_cast<std::size_t>(size);
    }
    bytes.resize(filled);
    return bytes;
}

}  // namespace

/// A type's header and what follows it.
struct Btf::Type {
    btf_type header{};
    ByteReader tail{Bytes{}};

    [[nodiscard]] std::uint32_t kind() const { return BTF_INFO_KIND(header.info); }
    [[nodiscard]] std::uint32_t members() const { return BTF_INFO_VLEN(header.info); }
    [[nodiscard]] bool has_bit_offsets() const { return BTF_INFO_KFLAG(header.info); }
    [[nodiscard]] bool is_aggregate() const { return kind() == BTF_KIND_STRUCT || kind() == BTF_KIND_UNION; }
    [[nodiscard]] bool is_name_or_qualifier() const {
        return kind() == BTF_KIND_TYPEDEF || kind() == BTF_KIND_VOLATILE || kind() == BTF_KIND_CONST ||
               kind() == BTF_KIND_RESTRICT || kind() == BTF_KIND_TYPE_TAG;
    }
};

Result<Btf> Btf::parse(std::string bytes) {
    Btf btf;
    btf.bytes_ = std::move(bytes);
    ByteReader reader(as_bytes(btf.bytes_));
    auto const header = reader.native<btf_header>();
    if (reader.failed()) return broken("the header is cut short");
    if (header.magic != BTF_MAGIC) return broken("it does not begin with BTF's mark in this machine's order");
    auto const part = [&](std::uint64_t offset, std::uint64_t length) -> std::optional<std::string_view> {
        std::uint64_t const begin = header.hdr_len + offset;
        if (begin > btf.bytes_.size() || length > btf.bytes_.size() - begin) return {};
        return std::string_view(btf.bytes_).substr(begin, length);
    };
    auto const types = part(header.type_off, header.type_len), strings = part(header.str_off, header.str_len);
    if (!types || !strings) return broken("a section reaches past the end");
    btf.types_ = *types;
    btf.strings_ = *strings;
    if (auto error = btf.index_types()) return *std::move(error);
    return btf;
}

Result<Btf> Btf::of_kernel() {
    auto bytes = read_sized(kernel_file);
    if (!bytes) {
        Error error = bytes.error();
        error.hint = "a kernel tells its types when it is built with CONFIG_DEBUG_INFO_BTF=y";
        return error;
    }
    return parse(*std::move(bytes));
}

std::optional<Error> Btf::index_types() {
    constexpr std::size_t typical = 40;  // bytes a type
    places_.reserve(types_.size() / typical + 1);
    places_.push_back(0);
    for (std::size_t at = 0; at < types_.size();) {
        btf_type header;
        if (types_.size() - at < sizeof header) return broken("a type is cut short");
        std::memcpy(&header, types_.data() + at, sizeof header);
        auto const kind = BTF_INFO_KIND(header.info);
        if (kind == 0 || kind >= std::size(tails))
            return broken("a type is of kind " + std::to_string(kind) + ", which this program does not know");
        places_.push_back(static_cast<std::uint32_t>(at));
        at += sizeof header + tails[kind].once + std::size_t{tails[kind].each} * BTF_INFO_VLEN(header.info);
        if (at > types_.size()) return broken("a type is cut short");
    }
    return {};
}

std::optional<Btf::Type> Btf::type(BtfType number) const {
    if (number == 0 || number >= places_.size()) return {};
    ByteReader reader(as_bytes(types_.substr(places_[number])));
    auto const header = reader.native<btf_type>();
    return Type{header, reader};
}

std::optional<Btf::Type> Btf::plain(BtfType number) const {
    for (int i = 0; i < longest_chain; ++i) {
        auto found = type(number);
        if (!found || !found->is_name_or_qualifier()) return found;
        number = found->header.type;
    }
    return {};
}

bool Btf::is_called(std::uint32_t name, std::string_view text) const {
    if (name >= strings_.size() || strings_.size() - name <= text.size()) return false;
    return std::memcmp(strings_.data() + name, text.data(), text.size()) == 0 &&
           strings_[name + text.size()] == '\0';
}

std::string_view Btf::text(std::uint32_t name) const {
    if (name >= strings_.size()) return {};
    auto const rest = strings_.substr(name);
    return rest.substr(0, rest.find('\0'));
}

std::optional<BtfType> Btf::find(BtfKind kind, std::string_view name) const {
    for (std::size_t number = 1; number < places_.size(); ++number) {
        btf_type header;
        std::memcpy(&header, types_.data() + places_[number], sizeof header);
        if (BTF_INFO_KIND(header.info) == static_cast<std::uint32_t>(kind) &&
            is_called(header.name_off, name))
            return static_cast<BtfType>(number);
    }
    return {};
}

std::optional<BtfMember> Btf::member_in(Type const& owner, std::string_view name, int depth,
                                        int& patience) const {
    if (!owner.is_aggregate() || depth > deepest) return {};
    ByteReader tail = owner.tail;
    for (std::uint32_t i = 0; i < owner.members() && --patience > 0; ++i) {
        auto const member = tail.native<btf_member>();
        if (tail.failed()) return {};
        bool const bit_field = owner.has_bit_offsets() && BTF_MEMBER_BITFIELD_SIZE(member.offset) != 0;
        auto const bits = owner.has_bit_offsets() ? BTF_MEMBER_BIT_OFFSET(member.offset) : member.offset;
        if (!bit_field && is_called(member.name_off, name)) return BtfMember{bits / 8, member.type};
        if (!is_called(member.name_off, "")) continue;
        auto const inner = plain(member.type);
        if (!inner) continue;
        if (auto found = member_in(*inner, name, depth + 1, patience)) {
            found->offset += bits / 8;
            return found;
        }
    }
    return {};
}

std::optional<BtfMember> Btf::member(BtfType owner, std::string_view name) const {
    auto const found = plain(owner);
    int patience = most_members;
    return found ? member_in(*found, name, 0, patience) : std::nullopt;
}

std::optional<BtfType> Btf::pointee(BtfType pointer) const {
    auto const found = plain(pointer);
    if (!found || found->kind() != BTF_KIND_PTR) return {};
    return found->header.type;
}

std::vector<BtfEnumValue> Btf::enum_values(BtfType enumeration) const {
    std::vector<BtfEnumValue> values;
    auto found = plain(enumeration);
    if (!found || found->kind() != BTF_KIND_ENUM) return values;
    for (std::uint32_t i = 0; i < found->members(); ++i) {
        auto const value = found->tail.native<btf_enum>();
        values.push_back({std::string(text(value.name_off)), static_cast<std::uint32_t>(value.val)});
    }
    return values;
}

std::optional<std::vector<BtfType>> Btf::parameters(BtfType function) const {
    auto found = plain(function);
    if (found && found->kind() == BTF_KIND_PTR) found = plain(found->header.type);
    if (found && found->kind() == BTF_KIND_FUNC) found = plain(found->header.type);
    if (!found || found->kind() != BTF_KIND_FUNC_PROTO) return {};
    std::vector<BtfType> types;
    for (std::uint32_t i = 0; i < found->members(); ++i)
        types.push_back(found->tail.native<btf_param>().type);
    return types;
}

}  // namespace vethwork::observe
