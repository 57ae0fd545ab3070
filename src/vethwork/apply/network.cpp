#include <vethwork/apply/network.hpp>

#include <fcntl.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/apply/namespace.hpp>
#include <vethwork/apply/offload.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::apply {

namespace {

/// In a new namespace: of `lo` (LOOPBACK_IFINDEX of the kernel), and where it counts on from there.
constexpr std::uint32_t loopback_index = 1, first_free_index = 2;

/// A file that stands for a namespace: its own file, mounted there.
Result<> pin(Fd const& netns, std::string const& path) {
    (void)TRY(open_file(path, O_RDONLY | O_CREAT | O_EXCL, 0));
    auto mounted = netns::mount_handle(netns, path);
    if (!mounted) ::unlink(path.c_str());
    return mounted;
}

/// What is done from within the namespace, not by a request.
bool is_setting(plan::Operation const& operation) {
    return std::holds_alternative<plan::SetSysctl>(operation) ||
           std::holds_alternative<plan::LoadRuleset>(operation) ||
           std::holds_alternative<plan::SetOffload>(operation) ||
           std::holds_alternative<plan::AddTunTap>(operation) ||
           std::holds_alternative<plan::DeleteTunTap>(operation);
}

/// The first tunnel of its sort may bring further devices into every namespace.
bool brings_others(topology::LinkKind const& kind) {
    return std::visit(
        [](auto const& one) {
            return requires {
                one.local;
                one.underlay;
            }
            &&!std::is_same_v<std::remove_cvref_t<decltype(one)>, topology::Vxlan>;
        },
        kind);
}

/// Whether a namespace that has just been made holds more than `lo`.
bool has_devices(netlink::Connection const& connection) {
    ifreq request{};
    request.ifr_ifindex = first_free_index;
    return ::ioctl(connection.fd(), SIOCGIFNAME, &request) == 0;
}

Result<> perform_setting(plan::Operation const& operation, Sysctls& sysctls) {
    if (std::holds_alternative<plan::AddTunTap>(operation) ||
        std::holds_alternative<plan::DeleteTunTap>(operation))
        return carry_out_any(operation);
    if (auto const* const offload = std::get_if<plan::SetOffload>(&operation))
        return set_offload(offload->link, offload->on);
    if (auto const* const sysctl = std::get_if<plan::SetSysctl>(&operation))
        return sysctls.set(sysctl->name, sysctl->value);
    return load_ruleset(std::get<plan::LoadRuleset>(operation).text);
}

}  // namespace

Result<> Network::add(std::string const& name, Fd netns, netlink::Connection socket,
                      std::uint32_t first_index) {
    auto member = std::make_unique<Member>(std::move(netns), std::move(socket));
    member->next_index = first_index;
    member->resolver.set_namespaces(
        [this](std::string const& other) -> Result<int> { return TRY(find(other))->netns.get(); });
    members_[name] = std::move(member);
    return {};
}

Result<> Network::create(std::string const& name) {
    auto fresh = TRY(stock_ ? stock_->take() : make_namespace());
    TRY(pin(fresh.handle, pin_folder_ + "/" + pin_of(name)));
    auto const first = has_devices(fresh.socket) ? 0 : first_free_index;
    TRY(add(name, std::move(fresh.handle), std::move(fresh.socket), first));
    members_[name]->resolver.learn("lo", loopback_index);
    return {};
}

void Network::expect(std::size_t count) {
    if (count >= NamespaceStock::least) stock_ = std::make_unique<NamespaceStock>(count);
}

Result<> Network::attach_here(std::string const& name) {
    auto socket = TRY(netlink::Connection::open());
    Fd netns = TRY(handle_of(socket));
    return add(name, std::move(netns), std::move(socket), 0);
}

Result<> Network::open(std::string const& name) {
    return attach(name, TRY(netns::open_named(pin_folder_ + "/" + pin_of(name))));
}

Result<> Network::attach(std::string const& name, Fd netns) {
    TRY(netns::enter(netns));
    return add(name, std::move(netns), TRY(netlink::Connection::open()), 0);
}

Result<> Network::remove(std::string const& name) {
    members_.erase(name);
    auto const path = pin_folder_ + "/" + pin_of(name);
    if (::umount2(path.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT)
        return system_error("unpin \"" + path + "\"");
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("remove \"" + path + "\"");
    return {};
}

Result<Network::Member*> Network::find(std::string const& name) {
    auto const found = members_.find(name);
    if (found == members_.end()) return lookup_error("there is no namespace \"" + name + "\" in this lab");
    return found->second.get();
}

Result<> Network::enter(std::string const& name) { return netns::enter(TRY(find(name))->netns); }

Result<netlink::Connection*> Network::connection(std::string const& name) {
    return &TRY(find(name))->connection;
}

void Network::for_each(std::function<void(std::string const&, netlink::Connection&, int)> const& visit) {
    for (auto const& [name, member] : members_) visit(name, member->connection, member->netns.get());
}

void Network::number_link(Member& member, topology::Link& link, OtherEnd other_end) {
    Member* place = &member;
    if (link.netns) {
        auto const other = find(link.netns->name);
        if (!other) return;
        place = *other;
    }
    if (place->next_index != 0 && link.index == 0 && other_end == OtherEnd::unnumbered) {
        place->next_index = 0;  // the kernel numbers it then, and from there on all in its namespace
    } else if (place->next_index != 0 && link.index == 0) {
        link.index = place->next_index++;
        if (!link.name.empty()) place->resolver.learn(link.name, link.index);
    }
    if (auto* const veth = std::get_if<topology::Veth>(&link.kind))
        for (auto& peer : veth->peer)
            number_link(*place, peer, link.index == 0 ? OtherEnd::unnumbered : OtherEnd::numbered);
}

Result<netlink::MessageWriter> Network::request_of(Member& member, plan::Operation const& operation) {
    if (auto const* const add = std::get_if<plan::AddLink>(&operation)) {
        auto numbered = *add;
        if (brings_others(numbered.link.kind))
            for (auto& [name, one] : members_) one->next_index = 0;
        number_link(member, numbered.link);
        return encode(numbered, member.resolver);
    }
    return encode_any(operation, member.resolver);
}

void Network::perform(std::string const& name, std::span<Task> tasks) {
    auto const member = find(name);
    std::vector<netlink::MessageWriter> waiting;
    std::vector<Task*> asked;
    auto const flush = [&] {
        auto outcomes = (*member)->connection.transact(waiting);
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            asked[i]->outcome = std::move(outcomes[i]);
            if (!asked[i]->outcome)
                asked[i]->outcome = attempted(std::move(asked[i]->outcome).error(), *asked[i]->operation);
        }
        waiting.clear();
        asked.clear();
    };
    bool links_end = false;
    for (auto& task : tasks) {
        if (!member) {
            task.outcome = member.error();
            continue;
        }
        bool const ends_link = std::holds_alternative<plan::DeleteLink>(*task.operation);
        if (links_end && !ends_link) {  // names may stand for other links from here on, at both ends
            flush();
            forget_links();
        }
        links_end = ends_link;
        if (is_setting(*task.operation)) {
            flush();
            if (std::holds_alternative<plan::AddTunTap>(*task.operation)) (*member)->next_index = 0;
            task.outcome = enter(name);
            if (task.outcome) task.outcome = perform_setting(*task.operation, sysctls_);
            continue;
        }
        auto request = request_of(**member, *task.operation);
        if (!request && !waiting.empty()) {
            flush();  // it may speak of a link that still waits to be made
            request = request_of(**member, *task.operation);
        }
        if (request) {
            waiting.push_back(std::move(*request));
            asked.push_back(&task);
        } else {
            task.outcome = std::move(request).error();
        }
    }
    if (!waiting.empty()) flush();
    if (links_end) forget_links();
}

void Network::forget_links() {
    for (auto const& [name, member] : members_) member->resolver.forget();
}

}  // namespace vethwork::apply
