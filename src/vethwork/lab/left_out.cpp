#include <vethwork/lab/left_out.hpp>

#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/netlink/connection.hpp>
#include <vethwork/netlink/qdisc.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/plan/qdisc_operation.hpp>

namespace vethwork::lab {

namespace {

/// A netem without settings is refused as such where netem is known, and as unknown elsewhere.
Result<bool> has_netem() {
    constexpr std::uint32_t loopback = 1;
    TRY(netns::enter_new());
    auto connection = TRY(netlink::Connection::open());
    netlink::MessageWriter message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, "ask for netem");
    topology::Qdisc const bare{
        .link = {.name = {}, .index = loopback}, .kind = "netem", .parent = topology::qdisc_root};
    netlink::write_qdisc(bare, message);
    auto const answer = connection.request(std::move(message));
    return answer.ok() || answer.error().code != ENOENT;
}

}  // namespace

namespace {

std::string first_few(std::vector<std::string> const& all) {
    constexpr std::size_t most = 6;
    std::vector<std::string> const first(
        all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size())));
    return join(first, "; ") + (all.size() > most ? fmt::format(" and {} more", all.size() - most) : "");
}

}  // namespace

std::vector<std::string> LeftOut::all() const {
    auto list = impairments;
    for (auto const& one : limits) list.push_back("limits of " + one);
    return list;
}

std::string LeftOut::describe() const {
    std::vector<std::string> parts;
    if (!impairments.empty()) parts.push_back("since this kernel has no netem: " + first_few(impairments));
    if (!limits.empty())
        parts.push_back("since no control group can be made here: limits of " + first_few(limits));
    return parts.empty() ? std::string() : "left out, " + join(parts, "; and ");
}

std::string LeftOut::hint() const {
    std::vector<std::string> parts;
    if (!impairments.empty())
        parts.emplace_back("sudo modprobe sch_netem, or a kernel with CONFIG_NET_SCH_NETEM");
    if (!limits.empty())
        parts.emplace_back(
            "as root, or with systemd: systemd-run --user --scope -p Delegate=yes vethwork up");
    return join(parts, "; ");
}

std::vector<std::string> impairments_of(topology::NetworkState const& state) {
    std::vector<std::string> list;
    for (auto const& netns : state.namespaces)
        for (auto const& qdisc : netns.qdiscs)
            if (auto const* const netem = std::get_if<topology::Netem>(&qdisc.options))
                list.push_back(fmt::format("{}:{} {}", netns.name, qdisc.link.name,
                                           join(plan::netem_words(*netem), " ")));
    return list;
}

Result<LeftOut> leave_out(topology::NetworkState& wanted) {
    LeftOut left{.impairments = impairments_of(wanted), .limits = {}};
    if (left.empty() || TRY(has_netem())) return LeftOut{};
    for (auto& netns : wanted.namespaces) netns.qdiscs.clear();
    return left;
}

}  // namespace vethwork::lab
