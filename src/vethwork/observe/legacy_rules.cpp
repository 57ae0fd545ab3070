#include <vethwork/observe/legacy_rules.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

// Behind those of the C library, which they give way to.
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <cstddef>
#include <cstring>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::observe {

namespace {

/// What one family calls its structures.
struct Old4 {
    using Info = ipt_getinfo;
    using Entries = ipt_get_entries;
    using Entry = ipt_entry;
    static constexpr int domain = AF_INET, level = IPPROTO_IP;
    static constexpr int get_info = IPT_SO_GET_INFO, get_entries = IPT_SO_GET_ENTRIES;
    static constexpr char const* names = "/proc/thread-self/net/ip_tables_names";
};
struct Old6 {
    using Info = ip6t_getinfo;
    using Entries = ip6t_get_entries;
    using Entry = ip6t_entry;
    static constexpr int domain = AF_INET6, level = IPPROTO_IPV6;
    static constexpr int get_info = IP6T_SO_GET_INFO, get_entries = IP6T_SO_GET_ENTRIES;
    static constexpr char const* names = "/proc/thread-self/net/ip6_tables_names";
};

constexpr char const* hook_names[] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};

/// "ERROR", "REJECT"; empty: a verdict of the table itself.
std::string target_name(std::uint8_t const* target) {
    auto const* const name = reinterpret_cast<char const*>(target) + offsetof(xt_entry_target, u.user.name);
    return {name, ::strnlen(name, XT_EXTENSION_MAXNAMELEN)};
}

bool ends_packets(std::uint8_t const* target, std::string const& name) {
    if (!name.empty()) return name == "REJECT";
    std::int32_t verdict = 0;
    std::memcpy(&verdict, target + offsetof(xt_standard_target, verdict), sizeof verdict);
    constexpr std::int32_t drop = -1;  // -NF_DROP - 1
    return verdict == drop;
}

/// Walks the entries of a table: built-in chains begin where the table says, others with an ERROR target that
/// has their name.
template <class Old>
void read_entries(std::string const& table, typename Old::Info const& info,
                  std::vector<std::uint8_t> const& bytes, std::vector<LegacyRule>& rules) {
    using Entry = typename Old::Entry;
    std::string chain;
    unsigned number = 0;
    bool is_own = false;  // a chain that somebody has made
    for (std::size_t at = 0; at + sizeof(Entry) <= bytes.size();) {
        Entry entry;
        std::memcpy(&entry, bytes.data() + at, sizeof entry);
        if (entry.next_offset < sizeof entry || at + entry.next_offset > bytes.size() ||
            entry.target_offset + sizeof(xt_standard_target) > entry.next_offset)
            return;
        auto const* const target = bytes.data() + at + entry.target_offset;
        auto const name = target_name(target);
        bool is_policy = false;
        for (unsigned hook = 0; hook < 5; ++hook) {
            if ((info.valid_hooks & (1u << hook)) == 0) continue;
            if (at == info.hook_entry[hook]) chain = hook_names[hook], number = 0;
            is_policy = is_policy || at == info.underflow[hook];
        }
        if (name == "ERROR") {
            if (is_own && number != 0) rules.back().number = 0;  // the return at its end
            is_own = true;
            auto const* const text =
                reinterpret_cast<char const*>(target) + offsetof(xt_error_target, errorname);
            chain.assign(text, ::strnlen(text, XT_FUNCTION_MAXNAMELEN));
            number = 0;
        } else {
            rules.push_back(
                {table, chain, is_policy ? 0 : ++number, ends_packets(target, name), entry.counters.pcnt});
        }
        at += entry.next_offset;
    }
}

template <class Old>
void read_table(int socket, std::string const& table, std::vector<LegacyRule>& rules) {
    typename Old::Info info{};
    table.copy(info.name, sizeof info.name - 1);
    socklen_t size = sizeof info;
    if (::getsockopt(socket, Old::level, Old::get_info, &info, &size) != 0) return;
    using Entries = typename Old::Entries;
    std::vector<std::uint8_t> buffer(sizeof(Entries) + info.size);
    Entries head{};
    table.copy(head.name, sizeof head.name - 1);
    head.size = info.size;
    std::memcpy(buffer.data(), &head, sizeof head);
    size = static_cast<socklen_t>(buffer.size());
    if (::getsockopt(socket, Old::level, Old::get_entries, buffer.data(), &size) != 0) return;
    buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(sizeof(Entries)));
    read_entries<Old>(table, info, buffer, rules);
}

template <class Old>
std::vector<LegacyRule> read_all_tables() {
    std::vector<LegacyRule> rules;
    auto const names = read_file(Old::names);
    if (!names || names->empty()) return rules;
    Fd const socket(::socket(Old::domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    if (!socket.is_open()) return rules;
    for (auto const table : split_words(*names)) read_table<Old>(socket.get(), std::string(table), rules);
    return rules;
}

}  // namespace

std::vector<LegacyRule> legacy_rules(Family family) {
    return family == Family::ipv4 ? read_all_tables<Old4>() : read_all_tables<Old6>();
}

}  // namespace vethwork::observe
