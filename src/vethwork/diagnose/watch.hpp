// What is seen of the probe on its way: one packet socket in each namespace of the path, the kernel's drops
// where it tells them, the rules of nft that decide about it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/probe.hpp>
#include <vethwork/diagnose/site.hpp>
#include <vethwork/observe/drops.hpp>
#include <vethwork/observe/packet_socket.hpp>

namespace vethwork::diagnose {

/// A packet at a device.
struct Sighting {
    enum class Kind : std::uint8_t { request, reply, error, question, answer };
    Kind kind = Kind::request;  ///< question and answer: of ARP or neighbour discovery
    std::int64_t time = 0;      ///< ns since 1970
    Site* site = nullptr;
    std::uint32_t index = 0;
    Way way = Way::in;
    bool for_others = false;  ///< its hardware address is not the device's
    std::optional<IpAddress> source, destination;
    std::optional<IpAddress> target;  ///< whom a question asks for, who an answer speaks of
    bool is_reset = false;            ///< TCP
};

class Watch {
public:
    /// What cannot be opened is left out, and said in `gaps`.
    static Watch open(std::vector<Site*> const& sites, std::vector<std::string>& gaps);
    [[nodiscard]] std::vector<int> fds() const;
    /// Takes what has been seen since.
    void collect(Probe& probe);
    [[nodiscard]] std::vector<Sighting> const& sightings() const { return sightings_; }
    [[nodiscard]] std::vector<std::pair<Site*, observe::Drop>> const& drops() const { return drops_; }
    [[nodiscard]] bool sees_drops() const { return drop_watch_.has_value(); }

private:
    struct Tap {
        Site* site;
        observe::PacketSocket socket;
    };
    void note(Site& site, observe::Frame const& frame, Probe& probe);

    std::vector<Tap> taps_;
    std::optional<observe::DropWatch> drop_watch_;
    std::vector<std::pair<std::uint32_t, Site*>> inodes_;
    std::vector<Sighting> sightings_;
    std::vector<std::pair<Site*, observe::Drop>> drops_;
};

}  // namespace vethwork::diagnose
