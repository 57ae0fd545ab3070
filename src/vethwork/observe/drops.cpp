#include <vethwork/observe/drops.hpp>

#include <algorithm>
#include <cstring>

#include <vethwork/observe/drop_program.hpp>

namespace vethwork::observe {

namespace {

constexpr char const* tracepoint = "kfree_skb";
constexpr std::uint32_t most_namespaces = 1024;
constexpr std::uint32_t most_reasons = 4096;  // of the kernel itself; there are some 130
constexpr std::string_view reason_prefix = "SKB_DROP_REASON_";

/// Looks members up and remembers the first that is not there.
class Places {
public:
    explicit Places(Btf const& btf) : btf_(btf) {}

    BtfType structure(std::string_view name) {
        auto const found = btf_.find(BtfKind::structure, name);
        if (!found) miss(name);
        return found.value_or(0);
    }
    /// A member's place; a dotted path leads through structs inside structs.
    BtfMember member(BtfType owner, std::string_view path) {
        BtfMember place{0, owner};
        for (std::string_view rest = path; !rest.empty();) {
            auto const name = rest.substr(0, rest.find('.'));
            rest.remove_prefix(std::min(rest.size(), name.size() + 1));
            auto const found = btf_.member(place.type, name);
            if (!found) return miss(path), BtfMember{};
            place = {place.offset + found->offset, found->type};
        }
        return place;
    }
    std::uint32_t offset(BtfType owner, std::string_view path) { return member(owner, path).offset; }
    BtfType pointee(BtfMember const& pointer) { return btf_.pointee(pointer.type).value_or(0); }

    [[nodiscard]] std::string const& missing() const { return missing_; }

private:
    void miss(std::string_view what) {
        if (missing_.empty()) missing_ = what;
    }

    Btf const& btf_;
    std::string missing_;
};

DropFacts::Offsets read_offsets(Places& places) {
    DropFacts::Offsets at;
    auto const skb = places.structure("sk_buff");
    auto const dst = places.structure("dst_entry");
    auto const device = places.member(skb, "dev"), sock = places.member(skb, "sk");
    at.skb_dev = device.offset;
    at.skb_sk = sock.offset;
    at.skb_dst = places.offset(skb, "_skb_refdst");
    at.skb_head = places.offset(skb, "head");
    at.skb_tail = places.offset(skb, "tail");
    at.skb_network_header = places.offset(skb, "network_header");
    at.skb_protocol = places.offset(skb, "protocol");
    at.skb_input = places.offset(skb, "skb_iif");
    auto const net = places.member(places.pointee(device), "nd_net.net");
    at.device_net = net.offset;
    at.device_index = places.offset(places.pointee(device), "ifindex");
    at.device_name = places.offset(places.pointee(device), "name");
    at.sock_net = places.offset(places.pointee(sock), "__sk_common.skc_net.net");
    at.dst_device = places.offset(dst, "dev");
    at.net_inode = places.offset(places.pointee(net), "ns.inum");
    return at;
}

std::vector<std::string> read_reasons(Btf const& btf) {
    std::vector<std::string> names;
    auto const enumeration = btf.find(BtfKind::enumeration, "skb_drop_reason");
    if (!enumeration) return names;
    for (auto& value : btf.enum_values(*enumeration)) {
        if (value.number >= most_reasons) continue;
        if (value.number >= names.size()) names.resize(value.number + 1);
        if (value.name.starts_with(reason_prefix)) value.name.erase(0, reason_prefix.size());
        names[value.number] = std::move(value.name);
    }
    return names;
}

std::vector<std::uint32_t> const& sole_copies(std::vector<std::uint32_t>& numbers) {
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

Drop drop_of(DropRecord const& record, Bytes bytes) {
    Drop drop;
    drop.time = record.time;
    drop.netns = record.netns;
    drop.link = record.link;
    drop.device.assign(record.device, ::strnlen(record.device, sizeof record.device));
    drop.came_from = record.came_from;
    drop.location = record.location;
    drop.protocol = __builtin_bswap16(record.protocol);
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), record.size));
    drop.bytes.assign(bytes.begin(), bytes.end());
    return drop;
}

}  // namespace

Result<DropFacts> read_drop_facts(Btf const& btf) {
    if (sizeof(void*) != 8) return lookup_error("drops are told by 64-bit kernels only");
    DropFacts facts;
    Places places(btf);
    facts.offsets = read_offsets(places);
    if (!places.missing().empty())
        return lookup_error("the kernel's type information has no \"" + places.missing() + "\"",
                            "this program does not know how this kernel lays out its packets");
    auto const prototype = btf.find(BtfKind::type_name, "btf_trace_kfree_skb");
    auto const parameters = prototype ? btf.parameters(*prototype) : std::nullopt;
    if (!parameters || parameters->size() < 3)
        return lookup_error("the kernel's type information has no tracepoint \"kfree_skb\"");
    // The first parameter is the tracepoint's own; then packet, place, reason, receiving socket.
    facts.has_reason = parameters->size() > 3;
    facts.has_receiving_socket = parameters->size() > 4;
    facts.reasons = read_reasons(btf);
    return facts;
}

Result<DropWatch> DropWatch::attach(std::span<std::uint32_t const> namespaces, std::uint32_t ring_size) {
    DropWatch self;
    // Asks for what needs privilege first: refusals come at once, and say what is missing.
    self.watched_ = TRY(
        create_bpf_map({BPF_MAP_TYPE_HASH, sizeof(std::uint32_t), sizeof(std::uint64_t), most_namespaces}));
    self.ring_ = TRY(BpfRing::create(ring_size));
    auto facts = TRY(read_drop_facts(TRY(Btf::of_kernel())));
    self.reasons_ = std::move(facts.reasons);
    self.has_reason_ = facts.has_reason;
    for (auto const netns : namespaces) TRY(self.watch(netns));
    self.program_ = TRY(load_tracepoint_program(drop_program(facts, self.watched_.get(), self.ring_.fd())));
    self.attachment_ = TRY(attach_to_tracepoint(self.program_, tracepoint));
    return self;
}

Result<> DropWatch::watch(std::uint32_t netns) {
    std::uint64_t const lost = 0;
    TRY(set_bpf_entry(watched_, &netns, &lost));
    namespaces_.push_back(netns);
    sole_copies(namespaces_);
    return {};
}

Result<> DropWatch::ignore(std::uint32_t netns) {
    std::erase(namespaces_, netns);
    return remove_bpf_entry(watched_, &netns);
}

std::vector<Drop> DropWatch::read() {
    std::vector<Drop> drops;
    ring_.read([&](Bytes bytes) {
        ByteReader reader(bytes);
        auto const record = reader.native<DropRecord>();
        if (reader.failed()) return;
        auto& drop = drops.emplace_back(drop_of(record, reader.rest()));
        if (!has_reason_) return;
        drop.reason = record.reason;
        if (record.reason < reasons_.size()) drop.reason_name = reasons_[record.reason];
    });
    return drops;
}

std::uint64_t DropWatch::lost() const {
    std::uint64_t sum = 0;
    for (auto const netns : namespaces_) {
        std::uint64_t lost = 0;
        if (get_bpf_entry(watched_, &netns, &lost)) sum += lost;
    }
    return sum;
}

}  // namespace vethwork::observe
