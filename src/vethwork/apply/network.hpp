// The namespaces of a lab, open: a handle, a socket and the known links of each. Requests go out in windows,
// and links of new namespaces get numbers of our choice, so that nothing has to be asked on the way.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <vethwork/apply/namespace_stock.hpp>
#include <vethwork/apply/resolver.hpp>
#include <vethwork/apply/settings.hpp>
#include <vethwork/base/fd.hpp>
#include <vethwork/netlink/connection.hpp>
#include <vethwork/plan/operation.hpp>

namespace vethwork::apply {

/// One operation in one namespace, with a place for what became of it.
struct Task {
    plan::Operation const* operation = nullptr;
    Result<> outcome;
};

class Network {
public:
    /// `pin_folder` is where names of namespaces are pinned (/run/netns), `prefix` what goes before each
    /// ("LAB.").
    Network(std::string pin_folder, std::string prefix)
        : pin_folder_(std::move(pin_folder)), prefix_(std::move(prefix)) {}

    /// Says how many namespaces create() is going to make: of many a second thread makes some ahead, which
    /// stay without a name until they are asked for.
    void expect(std::size_t count);
    /// Makes a namespace, pins it, and opens a socket in it. This thread may be inside it afterwards.
    [[nodiscard]] Result<> create(std::string const& name);
    /// Takes part in a namespace that exists: pinned under this name, or given by descriptor.
    [[nodiscard]] Result<> open(std::string const& name);
    [[nodiscard]] Result<> attach(std::string const& name, Fd netns);
    /// Takes part in the namespace that this thread is in.
    [[nodiscard]] Result<> attach_here(std::string const& name);
    /// Takes the pin away and closes what is open; the kernel ends the namespace when nobody else holds it.
    [[nodiscard]] Result<> remove(std::string const& name);

    [[nodiscard]] bool has(std::string const& name) const { return members_.contains(name); }
    [[nodiscard]] std::string pin_of(std::string const& name) const { return prefix_ + name; }
    /// Moves this thread into a member.
    [[nodiscard]] Result<> enter(std::string const& name);
    /// The socket of a member; a fault of lookup where there is none.
    [[nodiscard]] Result<netlink::Connection*> connection(std::string const& name);

    /// Every member, by name.
    void for_each(std::function<void(std::string const& name, netlink::Connection&, int netns)> const& visit);

    /// Carries out tasks in one namespace, in order, and fills their outcomes. A failing one stops none.
    void perform(std::string const& name, std::span<Task> tasks);

private:
    struct Member {
        Fd netns;
        netlink::Connection connection;
        Resolver resolver;
        std::uint32_t next_index = 0;  ///< 0: links get the kernel's numbers
        Member(Fd handle, netlink::Connection socket)
            : netns(std::move(handle)), connection(std::move(socket)), resolver(connection) {}
    };

    [[nodiscard]] Result<Member*> find(std::string const& name);
    [[nodiscard]] Result<> add(std::string const& name, Fd netns, netlink::Connection socket,
                               std::uint32_t first_index);
    /// What the resolvers know of links.
    void forget_links();
    [[nodiscard]] Result<netlink::MessageWriter> request_of(Member& member, plan::Operation const& operation);
    /// A cable's end gets a number of our choice only where its other end does too (kernel: veth_newlink()).
    enum class OtherEnd { numbered, unnumbered };
    void number_link(Member& member, topology::Link& link, OtherEnd other_end = OtherEnd::numbered);

    std::string pin_folder_, prefix_;
    std::unique_ptr<NamespaceStock> stock_;
    std::map<std::string, std::unique_ptr<Member>, std::less<>> members_;
    Sysctls sysctls_;
};

}  // namespace vethwork::apply
