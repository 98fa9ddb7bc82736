// Pictures to upload, drawn here, so that nobody has to look for a file.

const LARGE = 24_000_000

/** A harbour under an evening sky, in the tone of `hue`; with `size`, noise behind the picture makes it that large. */
async function harbour(name, hue, size = 0) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 })
  const paint = canvas.getContext('2d')
  const sky = paint.createLinearGradient(0, 0, 0, 480)
  sky.addColorStop(0, `hsl(${hue} 60% 38%)`)
  sky.addColorStop(1, `hsl(${hue + 40} 90% 78%)`)
  paint.fillStyle = sky
  paint.fillRect(0, 0, 640, 480)
  paint.fillStyle = 'hsl(48 100% 92%)'
  paint.arc(440, 190, 56, 0, 7)
  paint.fill()
  for (const [top, light] of [[310, 30], [365, 20], [415, 12]]) {
    paint.fillStyle = `hsl(${hue + 150} 35% ${light}%)`
    paint.beginPath()
    paint.moveTo(0, 480)
    for (let x = 0; x <= 640; x += 8) paint.lineTo(x, top + 32 * Math.sin(x / 80 + top))
    paint.lineTo(640, 480)
    paint.fill()
  }
  const picture = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9))
  return new File([picture, ...noise(size - picture.size)], name, { type: 'image/jpeg' })
}

/** So many bytes that nothing can compress, of one block. */
function noise(bytes) {
  const block = new Uint8Array(1 << 16)
  crypto.getRandomValues(block)
  const whole = Math.max(0, Math.floor(bytes / block.length))
  return [...Array(whole).fill(block), block.subarray(0, Math.max(0, bytes - whole * block.length))]
}

let sent = 0

/** Another one at each call, since nobody uploads the same file twice. */
export function large() {
  sent += 1
  return harbour(`Harbour ${sent}.jpg`, (200 + 45 * sent) % 360, LARGE)
}

/** A few small ones. */
export const pictures = () => Promise.all([
  harbour('Sunset over Lisbon.jpg', 15), harbour('Harbour at dawn.jpg', 215), harbour('Green hour.jpg', 130),
])
