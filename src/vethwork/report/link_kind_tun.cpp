#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

/// By name where the machine knows one, else by number.
void write_person(KindWriter const& out, std::optional<std::uint32_t> id, std::string_view key,
                  std::function<std::string(std::uint32_t)> const& names) {
    if (!id) return;
    auto const name = names ? names(*id) : std::string();
    if (name.empty())
        out.number(id, key);
    else
        out.text(name, key);
}

}  // namespace

void write_kind(KindWriter const& out, topology::Tun const& t) {
    constexpr std::array<std::string_view, 3> types{"UNKNOWN:0", "tun", "tap"};
    out.named(t.type, types, "type");
    out.on_off(t.packet_information, "pi");
    out.on_off(t.virtual_net_header, "vnet_hdr");
    if (t.multi_queue.value_or(false)) {
        out.mark(true, "multi_queue", "multi_queue");
        out.number(t.queues, "numqueues");
        out.number(t.disabled_queues, "numdisabled");
    } else {
        out.writer().json("multi_queue", false);
    }
    out.on_off(t.persistent, "persist");
    write_person(out, t.owner, "user", out.details().user_name);
    write_person(out, t.group, "group", out.details().user_group_name);
}

}  // namespace vethwork::report
