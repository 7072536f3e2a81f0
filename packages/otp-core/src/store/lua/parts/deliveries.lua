-- Uses: basics, verification, workflow
-- How far the deliveries of a verification are, and what follows when one comes to nothing.

-- Status, time of its last change and requests of a delivery.
local function state_of(text)
  local status, updated_at, requests = string.match(text, '^(%S+) (%d+) (%d+)')
  return status, tonumber(updated_at), tonumber(requests)
end

local function set_state(key, n, now, status, requests, reason)
  if not reason or reason == '' then reason = '-' end
  redis.call('HSET', key, n .. '.state', status .. ' ' .. now .. ' ' .. requests .. ' ' .. reason)
end

-- All deliveries as { n, status, channel, carrier, by }.
local function deliveries_of(key)
  local list = {}
  for n = 1, tonumber(redis.call('HGET', key, 'deliveries')) do
    local fields = redis.call('HMGET', key, n, n .. '.state')
    local about = words(fields[1])
    list[n] = { n, (state_of(fields[2])), about[1], about[2], about[5] }
  end
  return list
end

local function any_delivered(deliveries)
  for _, delivery in ipairs(deliveries) do
    if delivery[2] == 'delivered' then return true end
  end
  return false
end

-- The delivery that this call of the script has added.
local just_added

-- Goes on to the next step of the workflow, if `from` is the one reached, the verification is pending and nothing has
-- been delivered. Gives the new delivery's number.
local function next_step(key, now, from)
  local fields = redis.call('HMGET', key, 'plan', 'step', 'status')
  if from == 0 or fields[3] ~= 'pending' or tonumber(fields[2] or 1) ~= from then return nil end
  local step = steps_of(fields[1])[from + 1]
  if not step or any_delivered(deliveries_of(key)) then return nil end
  redis.call('HSET', key, 'step', from + 1)
  just_added = add_delivery(key, now, step[1], step[2], from + 1, 'fallback')
  return just_added
end

-- After a delivery has come to nothing: the workflow goes on, and a verification with no delivery left that could
-- still reach the phone is undeliverable.
local function give_up_on(key, now, n)
  if redis.call('HGET', key, 'status') ~= 'pending' then return end
  local step = tonumber(words(redis.call('HGET', key, n))[4])
  if next_step(key, now, step) then return end
  for _, delivery in ipairs(deliveries_of(key)) do
    local status = delivery[2]
    if status ~= 'failed' and status ~= 'undelivered' then return end
  end
  finish(key, 'undeliverable')
end

-- The deliveries that wait to be sent, for the caller to enqueue: { n, channel, carrier, by, 1 if just added, ... }.
local function waiting(key)
  local list = {}
  for n, delivery in ipairs(deliveries_of(key)) do
    if delivery[2] == 'queued' then
      list[#list + 1] = n
      list[#list + 1] = delivery[3]
      list[#list + 1] = delivery[4]
      list[#list + 1] = delivery[5]
      list[#list + 1] = n == just_added and 1 or 0
    end
  end
  return list
end
